#include "report/header.h"

#include "base/escape.h"

#define LINE_WIDTH 76
/* Of an encoded word, RFC 2047. */
#define WORD_WIDTH 75
#define WORD_BEGIN "=?UTF-8?q?"
#define WORD_END "?="
/* What is longer is no name and no subject. */
#define TEXT_MAX 400
#define LOCAL_MAX 64

/* One line of valid UTF-8 without anything that moves a reader's terminal; blanks are single. */
static void add_clean(struct strbuf *out, const char *text)
{
	size_t len = strlen(text), at = 0, begin = out->len;

	while (at < len && out->len - begin < TEXT_MAX) {
		uint32_t c = 0;
		size_t n = utf8_sequence(text + at, len - at, &c);
		bool blank = n && (c == ' ' || escape_needed(c, ESCAPE_ALL));

		if (!n)
			strbuf_addstr(out, "\xef\xbf\xbd");
		else if (!blank)
			strbuf_add(out, text + at, n);
		else if (out->len > begin && out->buf[out->len - 1] != ' ')
			strbuf_addch(out, ' ');
		at += n ? n : 1;
	}
	strbuf_rtrim(out);
}

static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

/* What readers would take for an encoded word must be encoded itself. */
static bool must_encode(const char *text, size_t len)
{
	return !is_ascii(text, len) || memmem(text, len, "=?", 2);
}

/* What the strictest place, a name, allows to stand for itself. */
static bool stands_for_itself(unsigned char c)
{
	return (is_word_char((char)c) && c != '_') || (c && strchr("!*+-/", c));
}

static size_t column_of(const struct strbuf *out)
{
	const char *last = memrchr(out->buf, '\n', out->len);

	return last ? out->len - (size_t)(last + 1 - out->buf) : out->len;
}

/* As many encoded words as it takes, none of which parts a character. */
static void add_encoded(struct strbuf *out, const char *text, size_t len)
{
	size_t at = 0, begin = out->len;

	strbuf_addstr(out, WORD_BEGIN);
	while (at < len) {
		struct strbuf piece = STRBUF_INIT;
		uint32_t c = 0;
		size_t n = utf8_sequence(text + at, len - at, &c);

		for (size_t i = 0; i < n; i++) {
			unsigned char byte = (unsigned char)text[at + i];

			if (byte == ' ')
				strbuf_addch(&piece, '_');
			else if (stands_for_itself(byte))
				strbuf_addch(&piece, (char)byte);
			else
				strbuf_addf(&piece, "=%02X", byte);
		}
		if (column_of(out) + piece.len + strlen(WORD_END) > WORD_WIDTH &&
		    out->len - begin > strlen(WORD_BEGIN)) {
			strbuf_addstr(out, WORD_END "\n " WORD_BEGIN);
			begin = out->len - strlen(WORD_BEGIN);
		}
		strbuf_add(out, piece.buf, piece.len);
		strbuf_release(&piece);
		at += n;
	}
	strbuf_addstr(out, WORD_END);
}

/* A blank, or a fold where the next `width` columns would not fit. */
static void add_blank(struct strbuf *out, size_t width)
{
	strbuf_addstr(out, column_of(out) + 1 + width > LINE_WIDTH ? "\n " : " ");
}

void header_add_text(struct strbuf *out, const char *name, const char *text)
{
	struct strbuf clean = STRBUF_INIT;
	size_t at = 0;

	add_clean(&clean, text);
	strbuf_addf(out, "%s:", name);
	while (at < clean.len) {
		size_t len = strcspn(clean.buf + at, " ");

		if (must_encode(clean.buf + at, len)) {
			add_blank(out, strlen(WORD_BEGIN WORD_END) + 12);
			add_encoded(out, clean.buf + at, clean.len - at);
			break;
		}
		add_blank(out, len);
		strbuf_add(out, clean.buf + at, len);
		at += len + (clean.buf[at + len] == ' ');
	}
	strbuf_addch(out, '\n');
	strbuf_release(&clean);
}

/* atext of RFC 5322, and dots. */
static bool is_local_char(char c)
{
	return is_word_char(c) || (c && strchr("!#$%&'*+-/=?^`{|}~.", c));
}

static bool is_domain_char(char c)
{
	return c != '_' && (is_word_char(c) || c == '-' || c == '.');
}

static bool is_address(const char *text, size_t len)
{
	const char *at = memchr(text, '@', len);
	size_t local = at ? (size_t)(at - text) : 0, domain = at ? len - local - 1 : 0;

	if (!local || !domain || local > LOCAL_MAX || domain > 255)
		return false;
	if (text[0] == '.' || at[-1] == '.' || at[1] == '.' || at[1] == '-' || text[len - 1] == '.')
		return false;
	for (size_t i = 0; i < local; i++)
		if (!is_local_char(text[i]) || (text[i] == '.' && text[i + 1] == '.'))
			return false;
	for (size_t i = 1; i <= domain; i++)
		if (!is_domain_char(at[i]) || (i < domain && at[i] == '.' && at[i + 1] == '.'))
			return false;
	return true;
}

bool header_person(const char *text, struct strbuf *name, struct strbuf *address)
{
	const char *open = strrchr(text, '<'), *end = open ? strchr(open, '>') : NULL, *begin;

	strbuf_reset(name);
	strbuf_reset(address);
	text += strspn(text, " \t");
	if (end) {
		begin = open + 1;
	} else if (!open) {
		begin = text;
		end = text + strcspn(text, " \t");
	} else {
		return false;
	}
	if (!is_address(begin, (size_t)(end - begin)))
		return false;
	strbuf_add(address, begin, (size_t)(end - begin));
	if (open) {
		char *before = xmemdupz(text, (size_t)(open > text ? open - text : 0));
		bool several = strpbrk(before, "<>");
		size_t len;

		add_clean(name, before);
		free(before);
		if (several)
			return false;
		len = name->len;
		/* A name between quotes: they are written anew where they are needed. */
		if (len > 1 && name->buf[0] == '"' && name->buf[len - 1] == '"') {
			memmove(name->buf, name->buf + 1, len - 2);
			strbuf_setlen(name, len - 2);
		}
	}
	return true;
}

static void add_phrase(struct strbuf *out, const char *name)
{
	if (must_encode(name, strlen(name))) {
		add_encoded(out, name, strlen(name));
		return;
	}
	if (!strpbrk(name, "()<>[]:;@\\,.\"")) {
		strbuf_addstr(out, name);
		return;
	}
	strbuf_addch(out, '"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			strbuf_addch(out, '\\');
		strbuf_addch(out, *name);
	}
	strbuf_addch(out, '"');
}

void header_add_people(struct strbuf *out, const char *header, const struct strvec *people)
{
	struct strbuf name = STRBUF_INIT, address = STRBUF_INIT;
	bool first = true;

	for (size_t i = 0; i < people->nr; i++) {
		if (!header_person(people->v[i], &name, &address))
			continue;
		/* Each on a line of its own, as git format-patch has it. */
		if (first)
			strbuf_addf(out, "%s: ", header);
		else
			strbuf_addstr(out, ",\n    ");
		first = false;
		if (name.len) {
			add_phrase(out, name.buf);
			strbuf_addf(out, " <%s>", address.buf);
		} else {
			strbuf_addstr(out, address.buf);
		}
	}
	if (!first)
		strbuf_addch(out, '\n');
	strbuf_release(&name);
	strbuf_release(&address);
}
