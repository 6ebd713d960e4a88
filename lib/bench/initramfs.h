/*
 * An initramfs with a console, an /init and at most one more program: written
 * as "newc" cpio by ourselves, so that neither root nor mknod is needed and the
 * same programs give the same bytes.
 *
 *	if (initramfs_write(path, "build/init", "./my-benchmark"))
 *		return -1;
 *
 * Programs are 64-bit ELF files that need no other file (built with -static);
 * others are refused. `program` (NULL: none) becomes /benchmark.
 */
#ifndef BENCH_INITRAMFS_H
#define BENCH_INITRAMFS_H

#include "base/compat.h"

int initramfs_write(const char *path, const char *init, const char *program) MUST_CHECK;

#endif
