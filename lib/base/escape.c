#include "base/escape.h"

size_t utf8_sequence(const char *text, size_t len, uint32_t *point)
{
	const unsigned char *s = (const unsigned char *)text;
	/* The smallest code point that needs so many bytes: anything less is overlong. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need;
	uint32_t c;

	if (!len)
		return 0;
	if (s[0] < 0x80) {
		*point = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	need = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (need > len)
		return 0;
	c = s[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*point = c;
	return need;
}

bool escape_needed(uint32_t c, enum escape_flags flags)
{
	if (c == '\n' || c == '\t')
		return !(flags & ESCAPE_KEEP_LINES);
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
		return true;
	if (c == 0x061c || c == 0x200e || c == 0x200f || c == 0x2028 || c == 0x2029)
		return true;
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void add_escaped(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			strbuf_addstr(out, "\\n");
		else if (text[i] == '\t')
			strbuf_addstr(out, "\\t");
		else
			strbuf_addf(out, "\\x%02x", (unsigned char)text[i]);
	}
}

void escape_terminal(struct strbuf *out, const char *text, size_t len, enum escape_flags flags)
{
	/* [start, at) is harmless and not copied yet. */
	size_t start = 0, at = 0;

	while (at < len) {
		uint32_t c = 0;
		size_t n = utf8_sequence(text + at, len - at, &c);

		if (n && !escape_needed(c, flags)) {
			at += n;
			continue;
		}
		strbuf_add(out, text + start, at - start);
		add_escaped(out, text + at, n ? n : 1);
		at += n ? n : 1;
		start = at;
	}
	strbuf_add(out, text + start, at - start);
}

void escape_utf8(struct strbuf *out, const char *text, size_t len)
{
	size_t start = 0, at = 0;

	while (at < len) {
		uint32_t c;
		size_t n = utf8_sequence(text + at, len - at, &c);

		if (n) {
			at += n;
			continue;
		}
		strbuf_add(out, text + start, at - start);
		strbuf_addstr(out, "\xef\xbf\xbd");
		start = ++at;
	}
	strbuf_add(out, text + start, at - start);
}
