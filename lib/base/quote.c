#include "base/quote.h"

void quote_shell(struct strbuf *out, const char *text)
{
	strbuf_addch(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_addstr(out, "'\\''");
		else
			strbuf_addch(out, *text);
	}
	strbuf_addch(out, '\'');
}

void quote_shell_word(struct strbuf *out, const char *word)
{
	if (*word && !word[strspn(word, WORD_CHARS "%+,-./:=@^")])
		strbuf_addstr(out, word);
	else
		quote_shell(out, word);
}
