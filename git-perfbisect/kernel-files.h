/*
 * The files of git-perfbisect/kernel/, which are part of the program: what
 * init-kernel writes has to fit it, and is found wherever it is installed.
 */
#ifndef GIT_PERFBISECT_KERNEL_FILES_H
#define GIT_PERFBISECT_KERNEL_FILES_H

/* Each ends with a NUL. */
extern const char kernel_file_build[], kernel_file_config[], kernel_file_init[];

#endif
