#include "report/markup.h"

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_none_of_xml(const char *text)
{
	return !strncmp(text, "\xef\xbf\xbe", 3) || !strncmp(text, "\xef\xbf\xbf", 3);
}

void markup_addn(struct strbuf *out, const char *text, size_t len, enum escape_flags flags)
{
	struct strbuf clean = STRBUF_INIT;

	escape_terminal(&clean, text, len, flags);
	for (const char *at = clean.buf; *at; at++) {
		const char *entity = entity_of(*at);

		if (entity) {
			strbuf_addstr(out, entity);
		} else if (is_none_of_xml(at)) {
			strbuf_addstr(out, "\xef\xbf\xbd");
			at += 2;
		} else {
			strbuf_addch(out, *at);
		}
	}
	strbuf_release(&clean);
}

void markup_add(struct strbuf *out, const char *text)
{
	markup_addn(out, text, strlen(text), ESCAPE_ALL);
}
