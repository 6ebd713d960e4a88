/*
 * Where the store lies: what store_dir() (store/store.h) is made of.
 */
#ifndef STORE_DIR_H
#define STORE_DIR_H

#include "base/compat.h"

/*
 * Whether a file may be read as state: a regular file of ours, no link. Makes it (mode
 * 0600) when `create`. -1 with a recorded error.
 */
int dir_file(const char *path, bool create) MUST_CHECK;
/*
 * Whether a folder is on a file system of the network, where memory is not shared
 * between machines, so that SQLite's WAL may not be used.
 */
bool dir_is_network(const char *path);

#endif
