#include "engine/words.h"

static const char *const stop_words[] = {
	"all", "also", "an",     "and", "any",  "are",  "as",    "at",   "be",   "been", "but",
	"by",  "can",  "do",     "for", "from", "has",  "have",  "if",   "in",   "into", "is",
	"it",  "its",  "more",   "new", "no",   "not",  "of",    "on",   "one",  "only", "or",
	"per", "slow", "slower", "so",  "than", "that", "the",   "this", "to",   "two",  "up",
	"use", "used", "using",  "was", "we",   "when", "which", "will", "with",
};

static const char *const keywords[] = {
	"NULL",     "bool",     "break",   "case",   "char",     "const",   "continue", "default", "define",
	"do",       "else",     "endif",   "enum",   "extern",   "false",   "for",      "goto",    "if",
	"ifdef",    "ifndef",   "include", "inline", "int",      "int32_t", "int64_t",  "long",    "return",
	"short",    "size_t",   "sizeof",  "static", "struct",   "switch",  "true",     "typedef", "uint16_t",
	"uint32_t", "uint64_t", "uint8_t", "union",  "unsigned", "void",    "volatile", "while",
};

/* Stem and what it stands for, by byte order of the stems. */
static const struct {
	const char *stem;
	const char *word;
} synonyms[] = {
	{ "address", "addr" },     { "allocat", "alloc" },
	{ "allocation", "alloc" }, { "allocator", "alloc" },
	{ "architectur", "arch" }, { "bandwidth", "bw" },
	{ "buffer", "buf" },       { "callback", "cb" },
	{ "cfg", "conf" },         { "config", "conf" },
	{ "configur", "conf" },    { "configuration", "conf" },
	{ "connection", "conn" },  { "count", "cnt" },
	{ "counter", "cnt" },      { "descriptor", "desc" },
	{ "devic", "dev" },        { "driver", "drv" },
	{ "event", "evt" },        { "fd", "desc" },
	{ "find", "lookup" },      { "forward", "fwd" },
	{ "func", "fn" },          { "function", "fn" },
	{ "index", "idx" },        { "information", "info" },
	{ "initialis", "init" },   { "initialisation", "init" },
	{ "initializ", "init" },   { "initialization", "init" },
	{ "interrupt", "irq" },    { "intr", "irq" },
	{ "latency", "lat" },      { "length", "len" },
	{ "malloc", "alloc" },     { "memory", "mem" },
	{ "messag", "msg" },       { "number", "num" },
	{ "optimis", "opt" },      { "optimisation", "opt" },
	{ "optimiz", "opt" },      { "optimization", "opt" },
	{ "packet", "pkt" },       { "parameter", "param" },
	{ "performanc", "perf" },  { "process", "proc" },
	{ "processor", "cpu" },    { "receiv", "rx" },
	{ "reception", "rx" },     { "recv", "rx" },
	{ "referenc", "ref" },     { "register", "reg" },
	{ "registration", "reg" }, { "request", "req" },
	{ "schedul", "sched" },    { "scheduler", "sched" },
	{ "search", "lookup" },    { "seg", "frag" },
	{ "segment", "frag" },     { "send", "tx" },
	{ "sent", "tx" },          { "server", "srv" },
	{ "session", "sess" },     { "simd", "vec" },
	{ "statistic", "stat" },   { "synchronis", "sync" },
	{ "synchroniz", "sync" },  { "synchronization", "sync" },
	{ "tabl", "tbl" },         { "transmission", "tx" },
	{ "transmit", "tx" },      { "vector", "vec" },
	{ "vectoris", "vec" },     { "vectoriz", "vec" },
	{ "wakeup", "wake" },      { "xmit", "tx" },
};

/* Sorts `word` against the start of `text`: as strcmp, for a word without NUL. */
static int compare_word(const char *word, size_t len, const char *text)
{
	int cmp = strncmp(word, text, len);

	return cmp ? cmp : -(text[len] != '\0');
}

static bool is_listed(const char *const *list, size_t nr, const char *word, size_t len)
{
	size_t low = 0;

	while (low < nr) {
		size_t middle = low + (nr - low) / 2;
		int cmp = compare_word(word, len, list[middle]);

		if (!cmp)
			return true;
		if (cmp > 0)
			low = middle + 1;
		else
			nr = middle;
	}
	return false;
}

static const char *synonym(const char *stem, size_t len)
{
	size_t low = 0, high = ARRAY_SIZE(synonyms);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int cmp = compare_word(stem, len, synonyms[middle].stem);

		if (!cmp)
			return synonyms[middle].word;
		if (cmp > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Enough of a stemmer to make "wakeups" meet "wakeup": the length that stays. */
static size_t stem_len(const char *word, size_t len)
{
	static const struct {
		const char *ending;
		size_t stays;
	} endings[] = { { "ings", 4 }, { "ing", 4 }, { "ied", 4 }, { "ies", 4 },
			{ "ed", 4 },   { "es", 4 },  { "s", 3 },   { "e", 4 } };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t n = strlen(endings[i].ending);

		if (len < n + endings[i].stays || memcmp(word + len - n, endings[i].ending, n))
			continue;
		if (n == 1 && *endings[i].ending == 's' && word[len - 2] == 's')
			continue;
		return len - n;
	}
	return len;
}

size_t word_canonical(const char *piece, size_t len, bool whole, char *word)
{
	const char *same;
	size_t stem;

	if (!whole && is_listed(stop_words, ARRAY_SIZE(stop_words), piece, len))
		return 0;
	stem = whole ? len : stem_len(piece, len);
	same = whole ? NULL : synonym(piece, stem);
	if (same) {
		piece = same;
		stem = strlen(same);
	}
	memcpy(word, piece, stem);
	word[stem] = '\0';
	return stem;
}

enum char_class {
	OTHER,
	LOWER,
	UPPER,
	DIGIT,
	UNDERSCORE,
};

static enum char_class class_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return LOWER;
	if (c >= 'A' && c <= 'Z')
		return UPPER;
	if (c >= '0' && c <= '9')
		return DIGIT;
	return c == '_' ? UNDERSCORE : OTHER;
}

/* Does a piece end before word[i]? fooBar, HTTPServer; but VFs and CPUs stay whole. */
static bool turns(const char *word, size_t len, size_t i)
{
	enum char_class before = class_of(word[i - 1]);

	if (class_of(word[i]) != UPPER)
		return false;
	if (before == LOWER || before == DIGIT)
		return true;
	return before == UPPER && i + 2 < len && class_of(word[i + 1]) == LOWER &&
	       class_of(word[i + 2]) == LOWER;
}

/* `lower` is the word in lower case. */
static void give_piece(const char *lower, size_t from, size_t to, bool digits, piece_fn *fn, void *data)
{
	if (to - from > 1 && !digits)
		fn(lower + from, to - from, false, data);
}

static void split_word(const char *word, size_t len, piece_fn *fn, void *data)
{
	char lower[WORD_MAX];
	size_t from = 0, pieces = 0, start = 0, end;
	bool digits = true;

	len = len < WORD_MAX ? len : WORD_MAX;
	end = len;
	for (size_t i = 0; i < len; i++)
		lower[i] = class_of(word[i]) == UPPER ? (char)(word[i] + 'a' - 'A') : word[i];

	for (size_t i = 0; i <= len; i++) {
		bool underscore = i < len && word[i] == '_';

		if (i == len || underscore || (i > from && turns(word, len, i))) {
			pieces += i > from;
			give_piece(lower, from, i, digits, fn, data);
			from = underscore ? i + 1 : i;
			digits = true;
		}
		digits &= i == len || underscore || class_of(word[i]) == DIGIT;
	}
	if (pieces < 2)
		return;
	while (end && lower[end - 1] == '_')
		end--;
	while (start < end && lower[start] == '_')
		start++;
	fn(lower + start, end - start, true, data);
}

void words_split(const char *text, size_t len, piece_fn *fn, void *data)
{
	for (size_t i = 0; i < len;) {
		size_t from = i;
		bool plain = true, digits = true;

		for (; i < len; i++) {
			enum char_class c = class_of(text[i]);

			if (c == OTHER)
				break;
			plain &= c == LOWER || c == DIGIT;
			digits &= c == DIGIT;
		}
		if (i == from)
			i++;
		else if (plain && i - from <= WORD_MAX)
			give_piece(text, from, i, digits, fn, data);
		else
			split_word(text + from, i - from, fn, data);
	}
}

struct canonical {
	word_fn *fn;
	void *data;
};

static void give_canonical(const char *piece, size_t len, bool whole, void *data)
{
	const struct canonical *to = data;
	char word[WORD_MAX + 1];
	size_t n = word_canonical(piece, len, whole, word);

	if (n)
		to->fn(word, n, to->data);
}

void words_of(const char *text, size_t len, word_fn *fn, void *data)
{
	words_split(text, len, give_canonical, &(struct canonical){ .fn = fn, .data = data });
}

void identifiers_of(const char *text, size_t len, word_fn *fn, void *data)
{
	for (size_t i = 0; i < len;) {
		size_t from = i;

		if (!is_word_char(text[i])) {
			i++;
			continue;
		}
		while (i < len && is_word_char(text[i]))
			i++;
		if (i - from > 2 && i - from <= WORD_MAX && class_of(text[from]) != DIGIT &&
		    !is_listed(keywords, ARRAY_SIZE(keywords), text + from, i - from))
			fn(text + from, i - from, data);
	}
}

/* How much of the text, which begins a comment or a literal, belongs to it; 0 when it begins neither. */
static size_t no_code(const char *text, size_t len)
{
	size_t i = 1;

	if (len > 1 && *text == '/' && text[1] == '/') {
		const char *eol = memchr(text, '\n', len);

		return eol ? (size_t)(eol - text) : len;
	}
	if (len > 1 && *text == '/' && text[1] == '*') {
		const char *end = memmem(text + 2, len - 2, "*/", 2);

		return end ? (size_t)(end - text) + 2 : len;
	}
	if (*text != '"' && *text != '\'')
		return 0;
	/* One that does not end on its line is no literal but, say, an apostrophe. */
	for (; i < len && text[i] != '\n'; i++) {
		if (text[i] == *text)
			return i + 1;
		i += text[i] == '\\';
	}
	return 1;
}

void code_identifiers_of(const char *text, size_t len, word_fn *fn, void *data)
{
	size_t from = 0, i = 0;

	while (i < len) {
		size_t skip = no_code(text + i, len - i);

		if (!skip) {
			i++;
			continue;
		}
		identifiers_of(text + from, i - from, fn, data);
		i += skip < len - i ? skip : len - i;
		from = i;
	}
	identifiers_of(text + from, len - from, fn, data);
}
