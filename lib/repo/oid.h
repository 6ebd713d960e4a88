/*
 * Object ids, SHA-1 or SHA-256: raw bytes, the rest zero, so that two ids of
 * one repository compare as a whole. The all-zero id stands for "no object".
 */
#ifndef REPO_OID_H
#define REPO_OID_H

#include "base/compat.h"

#define OID_RAW_SHA1 20
#define OID_RAW_SHA256 32
#define OID_RAW_MAX 32
#define OID_HEX_MAX (2 * OID_RAW_MAX)

struct oid {
	unsigned char raw[OID_RAW_MAX];
};

static inline bool oid_equal(const struct oid *a, const struct oid *b)
{
	return !memcmp(a->raw, b->raw, OID_RAW_MAX);
}

static inline bool oid_is_zero(const struct oid *id)
{
	static const struct oid zero;

	return oid_equal(id, &zero);
}

/* Reads 2 * rawlen hex digits; returns 0, or -1 without a message. */
int oid_from_hex(struct oid *id, const char *hex, size_t rawlen);
/* Writes 2 * rawlen digits and a NUL into `hex` (OID_HEX_MAX + 1 bytes hold any); returns it. */
char *oid_to_hex(char *hex, const struct oid *id, size_t rawlen);

#endif
