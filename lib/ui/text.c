/*
 * Widths of text in columns. They come from the C library's wcwidth() under a
 * UTF-8 locale of our own, so that the user's locale does not change tables.
 */
#include "ui/term.h"

#include <locale.h>
#include <wchar.h>

#include "base/escape.h"

static locale_t utf8_locale(void)
{
	static locale_t locale;
	static bool tried;

	if (!tried) {
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
		if (!locale)
			locale = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", NULL);
		tried = true;
	}
	return locale;
}

/* Length and columns of the character at `text`, which is not its end. */
static size_t next_char(const char *text, size_t len, size_t *columns)
{
	uint32_t point;
	size_t n = utf8_sequence(text, len, &point);
	int width;

	*columns = 1;
	if (!n)
		return 1;
	if (point >= 0x80) {
		width = wcwidth((wchar_t)point);
		if (width >= 0)
			*columns = (size_t)width;
	}
	return n;
}

size_t text_fit(const char *text, size_t width)
{
	locale_t locale = utf8_locale(), old = NULL;
	size_t len = strlen(text), at = 0, columns;

	if (locale)
		old = uselocale(locale);
	while (at < len) {
		size_t n = next_char(text + at, len - at, &columns);

		if (columns > width)
			break;
		width -= columns;
		at += n;
	}
	if (locale)
		uselocale(old);
	return at;
}

size_t text_width(const char *text)
{
	locale_t locale = utf8_locale(), old = NULL;
	size_t len = strlen(text), width = 0, columns;

	if (locale)
		old = uselocale(locale);
	for (size_t at = 0; at < len; width += columns)
		at += next_char(text + at, len - at, &columns);
	if (locale)
		uselocale(old);
	return width;
}
