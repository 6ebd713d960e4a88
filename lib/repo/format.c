#include "repo/format.h"

#include "base/error.h"

/* Which of the names stands at `at`; `nnames` when none does. */
static size_t name_at(const char *at, const char *const *names, size_t nnames)
{
	size_t i = 0;

	while (i < nnames && !starts_with(at, names[i]))
		i++;
	return i;
}

/* "%x00", also "%+x00": git's signs between say what an empty expansion does. */
static bool is_nul(const char *at)
{
	at++;
	at += *at == '+' || *at == '-' || *at == ' ';
	return starts_with(at, "x00");
}

/* "%(trailers:separator=%x00)" prints as many NULs as it likes. */
static bool hides_nul(const char *at)
{
	const char *close;

	at++;
	at += *at == '+' || *at == '-' || *at == ' ';
	close = *at == '(' ? strchr(at, ')') : NULL;
	return close && memmem(at, (size_t)(close - at), "%x00", strlen("%x00"));
}

static void add_piece(struct format *format, size_t after)
{
	ALLOC_GROW(format->after, format->nr + 1, format->alloc);
	format->after[format->nr++] = after;
}

int format_cut(struct format *format, const char *text, const char *const *names, size_t nnames)
{
	while (*text) {
		size_t name = *text == '%' ? name_at(text, names, nnames) : nnames;

		if (name < nnames) {
			add_piece(format, name);
			strbuf_addstr(&format->git, "%x00");
			text += strlen(names[name]);
			continue;
		}
		if (*text == '%' && hides_nul(text))
			return error_set("--format cannot have %%x00 within %%(...); use another separator");
		if (*text == '%' && is_nul(text))
			add_piece(format, FORMAT_NUL);
		if (*text == '%' && text[1])
			strbuf_addch(&format->git, *text++);
		strbuf_addch(&format->git, *text++);
	}
	return 0;
}

void format_release(struct format *format)
{
	free(format->after);
	strbuf_release(&format->git);
	*format = (struct format)FORMAT_INIT;
}
