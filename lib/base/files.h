/*
 * Folders with all that is in them. Links are never followed.
 *
 *	if (remove_tree(dir) || make_directories(dir))
 *		return -1;
 *
 * All return 0, or -1 with a recorded error that names the path.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include "base/compat.h"
#include "base/sha256.h"

/* Removes a file or a whole tree, also folders of ours that were made unreadable; nothing there is no error. */
int remove_tree(const char *path) MUST_CHECK;
/* A directory and its parents, only for us. */
int make_directories(const char *path) MUST_CHECK;
/* Copies a file or a whole tree to `to`, which is not there yet; modes and times stay. */
int copy_tree(const char *from, const char *to) MUST_CHECK;
/*
 * Equal as long as nobody has written below `path`, made, removed or renamed anything there
 * (names, modes, sizes, inodes, times of data and of the inode, which nobody can put back).
 */
int tree_stamp(const char *path, char hex[SHA256_HEX_SIZE]) MUST_CHECK;

#endif
