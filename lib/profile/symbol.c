#include "profile/symbol.h"

struct scan {
	const char *at;
	const char *end;
	struct strbuf *out;
	/* Where the name begins in `out` when what is in front is a return type. */
	size_t from;
	/* Where an operator's name ended in `out`. */
	size_t operator_end;
	bool has_parameters;
};

/* The end of the group that `at` opens, of any kinds of brackets; the text's end when it stays open. */
static const char *group_end(const char *at, const char *end)
{
	size_t depth = 0;

	for (; at < end; at++) {
		/* "->" closes nothing. */
		if (*at == '>' && at[-1] == '-')
			continue;
		if (strchr("<({[", *at))
			depth++;
		else if (strchr(">)}]", *at) && !--depth)
			return at + 1;
	}
	return end;
}

static bool is_behind_name(const struct scan *s)
{
	const struct strbuf *out = s->out;

	return out->len > s->from && (is_word_char(out->buf[out->len - 1]) || out->buf[out->len - 1] == '}' ||
				      out->len == s->operator_end);
}

/* "operator" with what it is: operator<<, operator(), operator new. */
static bool take_operator(struct scan *s)
{
	static const char word[] = "operator";
	size_t n = strlen(word);

	if ((size_t)(s->end - s->at) <= n || memcmp(s->at, word, n) || is_behind_name(s) ||
	    is_word_char(s->at[n]))
		return false;
	strbuf_add(s->out, s->at, n);
	s->at += n;
	if (*s->at == '(') {
		n = s->end - s->at > 1 ? 2 : 1;
	} else if (*s->at == ' ') {
		for (n = 1; s->at + n < s->end && (is_word_char(s->at[n]) || strchr("[]", s->at[n]));)
			n++;
	} else {
		for (n = 0; s->at + n < s->end && strchr("<>=!+-*/%^&|~[],", s->at[n]);)
			n++;
	}
	strbuf_add(s->out, s->at, n);
	s->at += n;
	s->operator_end = s->out->len;
	/* "operator< <int>": the blank only keeps two brackets apart. */
	if (s->end - s->at > 1 && !memcmp(s->at, " <", 2))
		s->at++;
	return true;
}

/* A bracket: arguments behind a name go, what is a name itself stays. False at the end of the name. */
static bool take_group(struct scan *s)
{
	const char *behind = group_end(s->at, s->end);

	/* "parse (reader.py:12)" */
	if (*s->at == '(' && behind == s->end && s->out->len > 1 && ends_with(s->out->buf, " ")) {
		s->at = behind;
		return false;
	}
	if (*s->at == '{' || !is_behind_name(s)) {
		strbuf_add(s->out, s->at, (size_t)(behind - s->at));
		s->at = behind;
		return true;
	}
	s->has_parameters |= *s->at == '(';
	if (*s->at == '(' && (s->end - behind < 2 || memcmp(behind, "::", 2)))
		return false;
	s->at = behind;
	return true;
}

static void take_name(struct scan *s)
{
	while (s->at < s->end) {
		if (take_operator(s))
			continue;
		if (strchr("<({", *s->at)) {
			if (!take_group(s))
				return;
			continue;
		}
		strbuf_addch(s->out, *s->at);
		if (*s->at++ == ' ')
			s->from = s->out->len;
	}
}

void symbol_name(struct strbuf *out, const char *text, size_t len)
{
	static const char clone[] = " [clone ";
	const char *note = memmem(text, len, clone, strlen(clone));
	struct scan s = { .at = text, .end = note ? note : text + len, .out = out };

	strbuf_reset(out);
	take_name(&s);
	if (s.has_parameters && s.from && s.from < out->len) {
		memmove(out->buf, out->buf + s.from, out->len - s.from);
		strbuf_setlen(out, out->len - s.from);
	}
	strbuf_rtrim(out);
	if (!out->len)
		strbuf_add(out, text, len);
}

bool symbol_is_unknown(const char *text, size_t len)
{
	static const char unknown[] = "[unknown]";

	if (len == strlen(unknown) && !memcmp(text, unknown, len))
		return true;
	if (len < 3 || memcmp(text, "0x", 2))
		return false;
	for (size_t i = 2; i < len; i++)
		if (!strchr("0123456789abcdef", text[i]))
			return false;
	return true;
}
