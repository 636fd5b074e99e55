/**
 * What Maven passes over wherever it scans a folder: files of editors and of version control.
 * https://codehaus-plexus.github.io/plexus-utils/apidocs/org/codehaus/plexus/util/AbstractScanner.html (DEFAULTEXCLUDES)
 */
const DEFAULT_EXCLUDES = [
  ...[".*~", "#.*#", "\\.#.*", "%.*%", "\\._.*", "\\.DS_Store", "\\.metadata"],
  ...[
    "CVS",
    "\\.cvsignore",
    "RCS",
    "SCCS",
    "vssver\\.scc",
    "project\\.pj",
    "\\.svn",
    "\\.hg",
    "\\.git",
  ],
  ...["\\.arch-ids", "\\.bzr", "\\.MySCMServerInfo", "BitKeeper", "ChangeSet"],
  ...["_darcs", "\\.darcsrepo", "-darcs-backup.*", "\\.darcs-temp-mail"],
];
/** What Maven would take, and nobody means: swap files of Vim and Kate, the write tests of Vim and the safe writes of JetBrains, gedit, NFS. */
const TEMPORARY = [
  ...["\\..*\\.sw[a-z]", ".*\\.swp", "\\..*\\.kate-swp", "4913", ".*___jb_(?:tmp|old)___"],
  ...["\\.goutputstream-.*", "\\.nfs[0-9a-f]+", "\\.fuse_hidden.*", "Thumbs\\.db", "desktop\\.ini"],
];

const NAME = [...DEFAULT_EXCLUDES, ...TEMPORARY].join("|");
const LEFTOVER = new RegExp(`^(?:${NAME})$`);

/** Matches paths, relative to a folder that is scanned, of what is to be passed over; for JavaScript and Java. */
export const LEFTOVER_PATH = `(?:.*/)?(?:${NAME.replaceAll(".*", "[^/]*")})(?:/.*)?`;

/** Whether a file or folder of this name is of an editor or of version control, and so no part of the project. */
export function isLeftover(name: string): boolean {
  return LEFTOVER.test(name);
}
