#include "engine/words.h"

static const char *const stop_words[] = {
	"all",  "also", "and",  "any", "are",  "been",  "but",  "can",  "for",  "from",   "has",  "have",
	"into", "its",  "more", "new", "not",  "one",   "only", "per",  "slow", "slower", "than", "that",
	"the",  "this", "two",  "use", "used", "using", "was",  "were", "when", "which",  "will", "with",
};

static const char *const keywords[] = {
	"NULL",   "bool",   "break",    "case",    "char",     "const",    "continue", "default",  "define",
	"double", "elif",   "else",     "endif",   "enum",     "extern",   "false",    "float",    "for",
	"goto",   "ifdef",  "ifndef",   "include", "inline",   "int",      "int16_t",  "int32_t",  "int64_t",
	"int8_t", "long",   "register", "return",  "short",    "signed",   "size_t",   "sizeof",   "ssize_t",
	"static", "struct", "switch",   "true",    "typedef",  "uint16_t", "uint32_t", "uint64_t", "uint8_t",
	"undef",  "union",  "unsigned", "void",    "volatile", "while",
};

static bool is_listed(const char *const *list, size_t nr, const char *word, size_t len)
{
	size_t low = 0;

	while (low < nr) {
		size_t middle = low + (nr - low) / 2;
		int cmp = strncmp(word, list[middle], len);

		if (!cmp && !list[middle][len])
			return true;
		if (cmp > 0)
			low = middle + 1;
		else
			nr = middle;
	}
	return false;
}

bool word_is_stop(const char *word, size_t len)
{
	return is_listed(stop_words, ARRAY_SIZE(stop_words), word, len);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The pieces between the underscores. */
static void give_pieces(char *word, size_t len, word_fn *fn, void *data)
{
	size_t from = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && word[i] != '_')
			continue;
		if (i - from > 2) {
			char kept = word[i];

			word[i] = '\0';
			fn(word + from, i - from, data);
			word[i] = kept;
		}
		from = i + 1;
	}
}

void words_of_text(const char *text, size_t len, word_fn *fn, void *data)
{
	char word[WORD_MAX + 1];

	for (size_t i = 0; i < len;) {
		size_t n = 0;
		bool pieces = false;

		if (!is_word_char(text[i]) || is_digit(text[i])) {
			i++;
			continue;
		}
		for (; i < len && is_word_char(text[i]); i++) {
			pieces |= text[i] == '_';
			if (n < WORD_MAX)
				word[n++] = lower(text[i]);
		}
		if (n < 3)
			continue;
		word[n] = '\0';
		fn(word, n, data);
		if (pieces)
			give_pieces(word, n, fn, data);
	}
}

void words_of_path(const char *text, size_t len, word_fn *fn, void *data)
{
	char word[WORD_MAX + 1];

	for (size_t i = 0; i < len;) {
		size_t n = 0;

		for (; i < len && is_word_char(text[i]) && text[i] != '_'; i++)
			if (n < WORD_MAX)
				word[n++] = lower(text[i]);
		word[n] = '\0';
		if (n > 2)
			fn(word, n, data);
		i++;
	}
}

size_t word_stem(const char *word, size_t len)
{
	static const char *const endings[] = { "ing", "ed", "es", "s" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t n = strlen(endings[i]);

		if (len > n + 3 && !memcmp(word + len - n, endings[i], n))
			return len - n;
	}
	return len;
}

void identifiers_of_code(const char *text, size_t len, identifier_fn *fn, void *data)
{
	for (size_t i = 0; i < len;) {
		size_t from = i;

		if (!is_word_char(text[i])) {
			i++;
			continue;
		}
		while (i < len && is_word_char(text[i]))
			i++;
		if (i - from > 2 && i - from <= WORD_MAX && !is_digit(text[from]) &&
		    !is_listed(keywords, ARRAY_SIZE(keywords), text + from, i - from))
			fn(text + from, i - from, data);
	}
}
