#include "kernel-files.h"

/* The assembler reads a file as it is; paths are relative to the top, where all is compiled. */
#define FILE_AS(symbol, path)                                  \
	__asm__(".pushsection .rodata\n"                       \
		".globl " #symbol "\n"                         \
		".hidden " #symbol "\n" #symbol ":\n"          \
		".incbin \"git-perfbisect/kernel/" path "\"\n" \
		".byte 0\n"                                    \
		".popsection\n")

FILE_AS(kernel_file_build, "build");
FILE_AS(kernel_file_config, "config");
FILE_AS(kernel_file_init, "init.c");
