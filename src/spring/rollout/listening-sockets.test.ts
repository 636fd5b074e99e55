import { expect, test } from "vitest";
import { readListeners } from "./listening-sockets.ts";
import { socketTables } from "../../../test/fakes/spring/socket-tables.ts";

test("tells the ports that a container listens on, and which of them only the pod reaches", () => {
  const text = socketTables([
    { port: 8083, address: "::" },
    { port: 8081, address: "127.0.0.1" },
    { port: 9001, address: "::ffff:127.0.0.1" },
    { port: 9002, address: "::1" },
    { port: 5432, address: "10.0.0.5" },
    { port: 80, address: "0.0.0.0" },
  ]);
  expect(readListeners(text)).toEqual([
    { port: 80, isLoopback: false },
    { port: 5432, isLoopback: false },
    { port: 8081, isLoopback: true },
    { port: 8083, isLoopback: false },
    { port: 9001, isLoopback: true },
    { port: 9002, isLoopback: true },
  ]);
});

test("a port that is open on the loopback and beyond can be reached", () => {
  const text = socketTables([
    { port: 8080, address: "::1" },
    { port: 8080, address: "0.0.0.0" },
    { port: 8080, address: "127.0.0.1" },
  ]);
  expect(readListeners(text)).toEqual([{ port: 8080, isLoopback: false }]);
});

test("leaves out connections and what other containers of the pod have open", () => {
  const text = socketTables([
    { port: 8080, address: "::" },
    { port: 15001, address: "0.0.0.0", isOthers: true },
    { port: 41000, address: "10.0.0.5", state: "01" },
  ]);
  expect(readListeners(text)).toEqual([{ port: 8080, isLoopback: false }]);
});

test("reads what the kernel writes", () => {
  const text = `total 0
lrwx------ 1 10001 10001 64 Nov 29 14:00 7 -> socket:[52701]
lr-x------ 1 10001 10001 64 Nov 29 14:00 3 -> /opt/java/lib/modules
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F93 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 10001        0 52701 1 0000000000000000 100 0 0 10 0
`;
  expect(readListeners(text)).toEqual([{ port: 8083, isLoopback: false }]);
  expect(readListeners("")).toEqual([]);
});
