#include "unit.h"

#include "repo/includes.h"

/* The includes as "folder:name ". */
static void expect(const char *path, const char *text, const char *wanted)
{
	struct includes includes = INCLUDES_INIT;
	struct strbuf found = STRBUF_INIT;

	includes_note(&includes, path, text, strlen(text));
	for (size_t i = 0; i < includes.names.nr; i++)
		strbuf_addf(&found, "%s:%s ", includes.folders.v[i], includes.names.v[i]);
	assert_string_equal(found.buf, wanted);
	strbuf_release(&found);
	includes_release(&includes);
}

static void test_both_kinds_with_blanks_anywhere(void **state UNUSED)
{
	expect("mm/slub.c",
	       "#include <linux/mm.h>\n  #\tinclude\t\"slab.h\" // ours\nint x;\n#include \"../a.h\"",
	       "mm/:linux/mm.h mm/:slab.h mm/:../a.h ");
	expect("top.c", "#include \"a.h\"\r\n", ":a.h ");
}

static void test_what_includes_nothing(void **state UNUSED)
{
	expect("a.c", "", "");
	expect("a.c", "#\n#include\n#include MACRO\n#include \"\"\n#include <open.h\n#include \"x.h>\n", "");
	expect("a.c", "include \"a.h\"\n#define include \"a.h\"\nx #include \"a.h\"\n", "");
}

static void test_a_name_longer_than_a_path_is_none(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "#include <");
	for (size_t i = 0; i < PATH_MAX; i++)
		strbuf_addch(&text, 'x');
	strbuf_addstr(&text, ">\n#include <b.h>\n");
	expect("a.c", text.buf, ":b.h ");
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_kinds_with_blanks_anywhere),
		cmocka_unit_test(test_what_includes_nothing),
		cmocka_unit_test(test_a_name_longer_than_a_path_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
