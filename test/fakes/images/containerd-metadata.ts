import { gunzipSync } from "node:zlib";

/**
 * A database as containerd keeps it, made by bbolt 1.4.0 in two transactions: 40 images less the fourth, and 61
 * snapshots, one of which is being unpacked. Images and snapshots lie on several pages each.
 */
export const containerdMetadata = gunzipSync(
  Buffer.from(
    [
      "H4sIAAAAAAACA+3dW2hkdx0H8GySvXZ3u9vutt3updvbbtttN3POXDKzFe2D1EtF+iKI4GWSTNq0u0nIpOu2ghQRUR/sg8ULiC8KFkWRCqJgQU",
      "VEEUX6UhEEqQ99aV988AJ9MGlOhsyfs8wp5y9kTz8fSE+/ya/Jn2k4nO//zEzGxjZMZsc3/rr/jfH1fzm0kZtjw1rZcTo7jmfHk5/+0ff+8NNv",
      "/n4MAAAA2HZ2jOj/7WC+kx0vZMeJ7Nh/7v0f2PnJpUc8ogAAALD9jA+OZwf7ActrnzySbQGs588H+Rtr+eiW/MMg/zrIrwT59SDvmBjONwX5XJ",
      "AfCvJHgvzExPB6Pxt8/atBfiHILwX55SC/FuQ3g3x4cjifCfKDQX40yL0gPxPk54L83SD/PMh/CvI/gvyfIB/YOZzv2Dn8eLaC/MEgfyLIK0H+",
      "wpY8tzT7ZG/l/MLS1Gqve2mqu7x8obYv+B3NmUluKzBTO1tgKDleYCi9p8BQ/d4CQ43bCww1by4wtP5/YeTQ9H0FhtrXFRjq3DF6KL2+wEztzg",
      "JDya4CQ+nhAkP1EwWGGvsLDDUPFBhq3VVgaPqGAkPtuwsMdQ6OHqrXbikwlOwuMJSeLDBU31NgqHGmwFDzXIGh1rECQ9M3Fhhqnyow1Nk7eqhx",
      "6+iZ5uTomdbp0TPTh0bPtI+Onunc5GIIAN4hJgb9f3zQ/9evOnZt7a9rH3uzvHCp+1ivPx58l/5id7n/+NJqP/WIAgAAwPYzGfT/saz/7832Bt",
      "b7/4lsP+CXax+zK73uam+uu7pjfGK1u/JYb/Vq3zn8juvf4X1Z/nj2E9bvTs4tPNbrr/Yf76bN1oVaOc1LvbmF7urTy73u8vLFhdnu6sLS4tTl",
      "xbnzS7ML59/auzh/qbu4ML/2E89fTs490V9a9DsAAABA9e2sUv9Pavo/AAAA5NhVqf7v/j8AAADk2V2p/j+v/wMAAECOPVXq/2mi/wMAAECOvZ",
      "Xq/9P6PwAAAOTYV6X+X/P+fwAAAJDnuir1/yTV/wEAACDH/kr1/7b+DwAAADkOVKr/d/R/AAAAyHGwUv1/Tv8HAACAHNdXqf/XvP4fAAAA8hwa",
      "tPWJwedqQf+/P2vv/83y8R35+wEXuzO9i/2i+wE3rn1MZvlslp9b++gurMwv9C7OnZ/rXZ66uNSd682trjzVG/p0f+mpldlejD2DdGZ2Ks7ew/",
      "T22w7x5xABAADIHL5KPb02n//fUngBAAAgxw2V6v8z+j8AAADkuLFK/T9t6v8AAACQ40iV+n+trv8DAABAjqOV6v9t/R8AAABy3FSp/t/R/wEA",
      "ACDHzZXq//P6PwAAAOS4pUr9P+np/wAAAJDjWJX6f9rQ/wEAACDHrVXq/zX9HwAAAPIcr1T/n9H/AQAAIMeJKvX/ZFr/BwAAgBwnq9T/05r+Dw",
      "AAADlOVar/t/R/AAAAyHFblfp/LdH/AQAAIMfpSvV/9/8BAAAgz+2V6v89/R8AAABy3FGl/p/U9X8AAADIcWel+n9D/wcAAIAcd1Wq/3f1fwAA",
      "AMhxd6X6/6z+DwAAADnOVKn/p6n+DwAAADnOVqn/1zz/HwAAAPLcU6n+7/n/AAAAkOfeSvX/Of0fAAAActxXpf6fJPo/AAAA5DhXpf6f1vV/AA",
      "AAyHH/oK1vvBPAet9/dq24H1k7Hsry80F+YS0f3ZJfCvLLQX4tyG8G+fDEcD4T5AeD/GiQe0F+ZmJ4vV8Jvv6dIP8syH8M8qtB/neQ908O59uD",
      "3AryI0H+1OTweleDr38pyN8O8k+C/Lsg/y3I/wzy7p3D+USQkyA/vHN4vR8L8mKQPxfkrwX5+1vy3NLsk72V8wtLU6u97qWp7vLyhdq+4Hc2Zy",
      "a5rcBM7WyBoeR4gaH0ngJD9XsLDDVuLzDUvLnAUGtngaHp+woMta8rMNS5Y/RQen2BmdqdBYaSXQWG0sMFhuonCgw19hcYah4oMNS6q8DQ9A0F",
      "htp3FxjqHBw9VD9SYKZ2S4GhZHeBofRkgaH6ngJDjTMFhprnCgy1jhUYmr6xwFD7VIGhzt7RQ41bR880J0fPtE6Pnpk+NHqmfXT0TOcmF1AAcA",
      "16YND/Dw76/9/HNvpYM8vHdmzcuX/3Zp8O8sT4cL4S5DeCPDMxnF8J8ocmh/OvgrzedLbmH2T5PZv9e9dw/vqW3LuyutKdXX0geeDK6ew5B09f",
      "7bEZf+u/3rB+xTS52W+7l3qLMZ6wUO+1387P3pf97Cfb/fXLsNrUlTiL6JRYRBJrEd0Si0hjLWKmxCLqsRYxW2IRjViLmCuxiGasRfRKLKIVax",
      "HzJRYxHWkR87USi2jHWkRSYhGdWItI384irgtOVrFOmfP1MquIdc6cb5RZxdpJ0+UPALwjnR9cMRwY9P8/jw3354d3DOdfBDkdH84vBPnUxHB+",
      "Psj7Jofzs0H+V5AvBn3/1SB/dEvfj3Oh1SxzoRWrGM63yqwiVjOcny6ziljVcL5dZhWxuuF8p8wqopXDbplVRGuHM2VWEa0ezpZYRRqtHs6VWU",
      "W0etgrs4pYe2rz82VWEenc2ajVyqyiEWsVSZlVNBV2ACCGKf2/wHVbmZtOaSvW1WOZm07pdKxVlLnplLZjraLMjkzaibWKMjsy9VqsVZTZkakn",
      "sVZRZkemnsZaRZkdmXq0tllmR6YerW2W2ZGpN2OtosyOTD3aubPMjkw92rmzzI5Mva3/AwAx1AYXIEcH/f/RoN//NsjvCvr9i0G+J+j33w7yka",
      "DPfznIY0Gfvxzk14M8Ezzf/y9B/vDu4fybIF/YM5x/HOQze4fzt4J8w77h/MV9sfcfytxDq8dqu0mZe2iNWG03KXMPrRGr7SZldoQasdpuUmZH",
      "qBGr7SZldoQasdpuUmZHqBGr7SZldoQasdpuUmZHqBGr7SZldoQasXYKkzI7Qo1o584yO0LNaOfOMjtCzWjnzjI7Qs1o584yO0LNaOfOMjtCzW",
      "jnzjLXF81Y5860zPVFM9a5My1zfdGMde5My1xfNGOdO9My1xfNjv1K2N42z3Y7xjbeW+ihsY3X/m++L8B7xza67ObrBD6T5c3nDbyY5c1zd97r",
      "6yM9Bz/Srfz/cyMHAACAbWhzn3FzQ2/9n+sbenuz49Ll3srF7tPz/cRjBQAAANeq+qD/jw/6/+m1j11jW/4e35b9gIVL3cd6/fuD79Jf7C73H1",
      "9a7aceUQAAANh+GiP6/1jW/3dnX9t4cU/4uqDLvZX+wtLiHo8nAAAAbEfNQf8ffv7/eHa8fPV39wIAAACuEZvvV30ou/8/nuUJDw0AAABUxuZf",
      "inp7z/8Pdwc8/x8AAAC2s/ag/1/t+f/THiQAAAC4xnWy46G37viPjR3J8uY7/G++09/muwBsvl9Ay0MHAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "AAAADAO8j/AKDxSxEAAAQA",
    ].join(""),
    "base64",
  ),
);
