/*
 * SHA-256 (FIPS 180-4), of what is in memory, as hexadecimal digits.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/compat.h"

/* 64 digits and a NUL. */
#define SHA256_HEX_SIZE 65

void sha256_hex(const void *data, size_t len, char hex[SHA256_HEX_SIZE]);

#endif
