#include "base/process.h"
#include "base/quote.h"
#include "unit.h"

static const char *const words[] = { "",    "plain", "a b", "it's", "''",   "$(id)",   "`id`", "a\nb",
				     "\\'", "!x",    "*",   "~",    "-n=1", "a;b&c|d", "\"q\"" };

/* A shell is the oracle: what it makes of the quoted word is the word. */
static void test_round_trip(void **state UNUSED)
{
	for (size_t i = 0; i < 2 * ARRAY_SIZE(words); i++) {
		const char *word = words[i / 2];
		struct process p = PROCESS_INIT;
		struct strbuf script = STRBUF_INIT, out = STRBUF_INIT;

		strbuf_addstr(&script, "printf %s. ");
		if (i % 2)
			quote_shell(&script, word);
		else
			quote_shell_word(&script, word);
		strvec_pushl(&p.args, "sh", "-c", script.buf, NULL);
		assert_int_equal(process_capture(&p, NULL, &out, 0), 0);
		assert_int_equal(out.len, strlen(word) + 1);
		assert_memory_equal(out.buf, word, strlen(word));
		strbuf_release(&script);
		strbuf_release(&out);
	}
}

static void test_plain_words_stay(void **state UNUSED)
{
	struct strbuf out = STRBUF_INIT;

	quote_shell_word(&out, "--output=a/b-c.d:e@f^,1+2%");
	assert_string_equal(out.buf, "--output=a/b-c.d:e@f^,1+2%");
	strbuf_reset(&out);
	quote_shell(&out, "a");
	assert_string_equal(out.buf, "'a'");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_plain_words_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
