#include "repo/oid.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int oid_from_hex(struct oid *id, const char *hex, size_t rawlen)
{
	memset(id, 0, sizeof(*id));
	for (size_t i = 0; i < rawlen; i++) {
		int high = digit(hex[2 * i]), low = high < 0 ? -1 : digit(hex[2 * i + 1]);

		if (low < 0)
			return -1;
		id->raw[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}

char *oid_to_hex(char *hex, const struct oid *id, size_t rawlen)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < rawlen; i++) {
		hex[2 * i] = digits[id->raw[i] >> 4];
		hex[2 * i + 1] = digits[id->raw[i] & 15];
	}
	hex[2 * rawlen] = '\0';
	return hex;
}
