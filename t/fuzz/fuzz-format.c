/*
 * Feeds hostile formats to repo/format.h: git's pieces hold as many NULs as
 * are counted, nothing of ours is left for git, and what is put together again
 * is what was cut. Built and run by `make fuzz`.
 */
#include "repo/format.h"

#include "fuzz.h"

static const char *const names[] = { "%(rank)", "%(score)", "%(r)", "%(functions)" };

/* "%%" and "%%(rank)" are text; a name of ours is not. */
static bool holds_name(const char *at)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (starts_with(at, names[i]))
			return true;
	return false;
}

static bool is_nul(const char *at)
{
	return starts_with(at, "%x00") || starts_with(at, "%+x00") || starts_with(at, "%-x00") ||
	       starts_with(at, "% x00");
}

/* Goes over git's format as git does, and puts ours back. */
static void check(const struct format *format, struct strbuf *again)
{
	const char *at = format->git.buf;
	size_t nuls = 0;

	while (*at) {
		if (*at == '%' && is_nul(at)) {
			REQUIRE(nuls < format->nr);
			REQUIRE(format->after[nuls] == FORMAT_NUL || format->after[nuls] < ARRAY_SIZE(names));
			if (format->after[nuls] != FORMAT_NUL) {
				REQUIRE(starts_with(at, "%x00"));
				strbuf_addstr(again, names[format->after[nuls]]);
				at += strlen("%x00");
				nuls++;
				continue;
			}
			nuls++;
		}
		REQUIRE(*at != '%' || !holds_name(at));
		if (*at == '%' && at[1])
			strbuf_addch(again, *at++);
		strbuf_addch(again, *at++);
	}
	REQUIRE(nuls == format->nr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct format format = FORMAT_INIT;
	struct strbuf again = STRBUF_INIT;
	char *text = fuzz_string(data, size);

	error_clear();
	if (format_cut(&format, text, names, ARRAY_SIZE(names))) {
		REQUIRE(*error_message() && strstr(text, "%x00"));
	} else {
		check(&format, &again);
		REQUIRE(!strcmp(again.buf, text));
	}
	strbuf_release(&again);
	format_release(&format);
	free(text);
	return 0;
}
