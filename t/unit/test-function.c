#include "unit.h"

#include "repo/function.h"

static void note_function(const char *name, size_t len, size_t lines, void *data)
{
	struct strbuf *got = data;

	strbuf_addf(got, "%s%.*s %zu", got->len ? ", " : "", (int)len, name, lines);
}

static void compare(const char *old, const char *new_, const char *functions)
{
	struct strbuf got = STRBUF_INIT;
	struct function_sink sink = { .function = note_function, .data = &got };

	function_changes(old, strlen(old), new_, strlen(new_), &sink);
	assert_string_equal(got.buf, functions);
	strbuf_release(&got);
}

/* Changes each line of `text` that ends in "@" (by a blank), and expects these functions. */
static void expect(const char *text, const char *functions)
{
	struct strbuf old = STRBUF_INIT, new_ = STRBUF_INIT;

	for (const char *p = text; *p; p++) {
		if (*p == '@') {
			strbuf_addch(&new_, ' ');
		} else {
			strbuf_addch(&old, *p);
			strbuf_addch(&new_, *p);
		}
	}
	compare(old.buf, new_.buf, functions);
	strbuf_release(&old);
	strbuf_release(&new_);
}

static void test_body(void **state UNUSED)
{
	expect("int a(void)\n{\n\tx;\n}\n\nint f(int y)\n{\n\tx;@\n}\n", "f 2");
	expect("int f(int y) {\n\tx;@\n}\n", "f 2");
	expect("static void\nf(int y)\n{\n\tif (x) {\n\t}\n\tx;@\n}\n", "f 2");
}

static void test_header_and_braces(void **state UNUSED)
{
	expect("int f(int x,@\n      int y)\n{\n\tx;\n}\n", "f 2");
	expect("int f(int x,\n      int y)@\n{\n\tx;\n}\n", "f 2");
	expect("static int@\nf(int x)\n{\n\tx;\n}\n", "f 2");
	expect("int f(int x)\n{@\n\tx;\n}\n", "f 2");
	expect("int f(int x)\n{\n\tx;\n}@\n", "f 2");
	expect("int f(int x,@\n      int y) {\n\tx;\n}\n", "f 2");
	expect("int f(int x,\n      int y) {\n\tx;@\n}\n", "f 2");
	expect("int f(int x)@\n\n{\n\tx;@\n}\n", "f 4");
	expect("int g(void)\n{\n}\n\n\t__check int@\nf(int x)\n{\n\tx;\n}\n", "f 2");
}

static void test_between_functions(void **state UNUSED)
{
	expect("int f(void)\n{\n}\nint x;@\nint g(void)\n{\n}\n", "- 2");
	expect("int f(void)\n{\n}\n@\nint g(void)\n{\n}\n", "- 0");
	expect("int f(void)\n{\n}\n\nint h(int x,@\n      int y);\n\nint g(void)\n{\n}\n", "- 2");
	expect("int f(void)\n{\n}\n#include <x.h>@\nint g(void)\n{\n}\n", "- 2");
	expect("#ifdef A@\nint g(void)\n{\n}\n#endif@\n", "- 4");
}

static void test_comment_before_a_function(void **state UNUSED)
{
	expect("int f(void)\n{\n}\n\n/*\n * For g.@\n */\nint g(void)\n{\n}\n", "- 0");
	expect("int f(void)\n{\n}\n\n// For g.@\nint g(void)\n{\n}\n", "- 0");
	expect("int f(void)\n{\n}\n\n/* For (g).\n   More of (it). */\nint g(void)@\n{\n}\n", "g 2");
	expect("int f(void)\n{\n}\n\n/* For (g).\n   More of (it). */\nstruct g {\n\tint x;@\n};\n", "- 2");
}

static void test_several_in_the_order_of_sight(void **state UNUSED)
{
	expect("int b(void)\n{\n\tx;@\n}\n\nint y;@\n\nint a(void)\n{\n\tx;@\n\ty;@\n}\n", "b 2, - 2, a 4");
}

static void test_comment_lines_do_not_count(void **state UNUSED)
{
	expect("int f(void)\n{\n\t/* x */@\n\n\tx; /* y */@\n\t// y@\n\t/* a\n\t   b@\n\t   c */ x;@\n}\n",
	       "f 4");
	/* A dereference is no comment. */
	expect("int f(void)\n{\n\t*x = 1;@\n\t * x = 1;@\n}\n", "f 4");
}

static void test_one_line(void **state UNUSED)
{
	expect("static inline void a(void) { }\nstatic inline int f(void) { return 0; }@\nint x;\n", "f 2");
	expect("static inline void a(void) { }\nint x;@\n", "- 2");
	expect("int a(void)\n{ return 0; }\nint x;@\n", "- 2");
	expect("int f(void)\n{ return 0; }@\nint x;\n", "f 2");
	expect("static inline int f(void)\n\t{ return 0; }@\nint x;\n", "f 2");
}

static void test_data(void **state UNUSED)
{
	expect("int f(void)\n{\n}\n\nstatic const struct ops ops = {\n\t.open = f,@\n};\n", "- 2");
	expect("int f(void)\n{\n}\n\nstatic const int table[SIZE(3)] =\n{\n\tX(1),@\n\tX(2),\n};\n", "- 2");
	expect("int f(void)\n{\n}\n\nstruct a {\n\tint (*g)(void);@\n};\n", "- 2");
	expect("struct a {\n\tint x;\n};\n\nint f(void)\n{\n\ty;@\n}\n", "f 2");
	expect("struct a\n{\n\tint x;@\n} __attribute__((packed));\n", "- 2");
	expect("enum a {\n\tA,@\n};\n", "- 2");
	expect("typedef union a {\n\tint x;@\n} a_t;\n", "- 2");
	expect("struct a {\n\tint x;@\n} __aligned(8);\n", "- 2");
	expect("struct __aligned(8) a {\n\tint x;@\n};\n", "- 2");
	/* The last row closes the table, and not in column 0. */
	expect("static int x[] = {\n\t1, 2 };\n\nint f(void)@\n{\n\ty;@\n}\n", "f 4");
	expect("struct a __aligned(SIZE) {\n\tint x;@\n};\n", "- 2");
	expect("static num_t id =\n\tNUM(struct flow,\n\t\tid, 8);\nstatic inst_t inst = {\n\tx,@\n};\n",
	       "- 2");
}

static void test_prototype_before_a_struct(void **state UNUSED)
{
	expect("void kill_all(int sig);\n\nextern struct info {\n\tint x;@\n} info;\n", "- 2");
}

static void test_transparent_braces(void **state UNUSED)
{
	expect("extern \"C\" {\nint x;@\nint f(void)\n{\n\ty;@\n}\n}\nint y;@\n", "- 4, f 2");
	expect("namespace a {\nint x;@\nint f(void)\n{\n\ty;@\n}\n}\n", "- 2, f 2");
}

static void test_macros_that_define_functions(void **state UNUSED)
{
	expect("SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)\n{\n\tx;@\n}\n",
	       "read 2");
	expect("COMPAT_SYSCALL_DEFINE2(truncate,\n\tint, a, int, b)@\n{\n\tx;\n}\n", "truncate 2");
	expect("RTE_INIT(probe)\n{\n\tx;@\n}\n", "probe 2");
	expect("static int FNAME(walk)(struct kvm *kvm)\n{\n\tx;@\n}\n", "walk 2");
	expect("int FUNC(void)\n{\n\tx;@\n}\n", "FUNC 2");
	expect("int FUNC(int x)\n{\n\tx;@\n}\n", "FUNC 2");
}

static void test_attributes(void **state UNUSED)
{
	expect("__printf(1, 2) void f(const char *fmt, ...)\n{\n\tx;@\n}\n", "f 2");
	expect("static __printf(1, 2)\nvoid f(const char *fmt, ...)\n{\n\tx;@\n}\n", "f 2");
	expect("__attribute__((noinline)) static int f(void)\n{\n\tx;@\n}\n", "f 2");
	expect("static int __attribute__((cold)) f(void)\n{\n\tx;@\n}\n", "f 2");
	expect("static int f(void)\n\t__acquires(lock)\n\t__releases(other)\n{\n\tx;@\n}\n", "f 2");
	expect("static int __f(void)\n\t__releases(lock->other) __acquires(lock)\n{\n\tx;@\n}\n", "__f 2");
	expect("static int f(void)@\n__acquires(lock)\n{\n\tx;\n}\n", "f 2");
	expect("int f(void) ACQUIRES(lock)\n{\n\tx;@\n}\n", "f 2");
	expect("SEC(\"tc\")\nint f(struct sk *x)\n{\n\tx;@\n}\n", "f 2");
	expect("EXPORT_SYMBOL(f)@\nint\nf(struct sk *x)\n{\n\tx;@\n}\n", "f 4");
	expect("static int __init f(void) __must_check;\nstatic int __init g(void)\n{\n\tx;@\n}\n", "g 2");
	expect("static int f(void) __cold __must_check __acquires(lock)\n{\n\tx;@\n}\n", "f 2");
	expect("list_of(int) *f(int x)\n{\n\tx;@\n}\n", "f 2");
	expect("static int f(int x,\n\t     int y)@\n__acquires(lock)\n{\n\tx;\n}\n", "f 2");
	expect("static int __section(INIT) f(int x)\n{\n\tx;@\n}\n", "f 2");
}

static void test_pointers_to_functions(void **state UNUSED)
{
	expect("static void (*f(int sig, void (*g)(int)))(int)\n{\n\tx;@\n}\n", "f 2");
	expect("static int f(void (*g)(int), int x)\n{\n\tx;@\n}\n", "f 2");
}

static void test_old_parameters(void **state UNUSED)
{
	expect("int x;\n\nint f(a, b)\n\tint a;@\n\tchar *b;\n{\n\ty;@\n}\n", "f 4");
	expect("int f(a, b)@\nint a;\nchar *b;\n{\n\ty;\n}\n", "f 2");
}

static void test_alternative_headers(void **state UNUSED)
{
	expect("int x;\n\n#ifdef A\nint f(int a)@\n#else\nint f(void)\n#endif\n{\n\ty;@\n}\n", "f 4");
	expect("#ifdef A\nint f(int a)\n{\n#else\nint f(void)@\n{\n#endif\n\ty;@\n}\n", "f 4");
	expect("int f(int a\n#ifdef A\n      , int b@\n#endif\n      )\n{\n\ty;@\n}\n", "f 4");
}

static void test_continued_if(void **state UNUSED)
{
	expect("int a(void)\n{\n\tx;\n}\n\n#if defined(A) && \\\n    defined(B)@\nint x;@\n#endif\n", "- 4");
}

static void test_macro_bodies(void **state UNUSED)
{
	expect("int a(void)\n{\n}\n\n#define F(x) \\\nint x(void) \\\n{ \\\n\ty; \\@\n}\n\nint z;@\n", "- 4");
	/* A macro within a body, with braces in column 0. */
	expect("int f(void)\n{\n#define X do \\\n{ \\\n\ty; \\\n} while (0)\n\tz;@\n}\n", "f 2");
	expect("#define F(x) \\\nint x(void)@ \\\n{ \\\n\ty; \\\n}\n\nint z;\n", "- 2");
	expect("#define F(x) \\\ng(x)@\nint f(void)\n{\n\ty;\n}\n", "- 2");
	expect("#define BEGIN(x) {@\nint y;\n", "- 2");
}

static void test_braces_in_comments_and_strings(void **state UNUSED)
{
	expect("int f(void)\n{\n\tx;\n/*\n}\n\nint g(void)\n{\n*/\n\ty;@\n}\n", "f 2");
	expect("int f(void)\n{\n\tx(\"\\\n}\\\n\");\n\ty;@\n}\n", "f 2");
	expect("int f(void)\n{\n\tx(\"/*\");\n}\n\nint g(void)\n{\n\ty;@\n}\n", "g 2");
	expect("/*\nint f(void) {\n*/\nint x;@\n", "- 2");
	expect("/*\nint f(void)\n{\n*/\nint x;@\n", "- 2");
	expect("int a(void)\n{\n}\n\n/*\nint f(void)@\n{\n}\n*/\n", "- 0");
}

static void test_labels(void **state UNUSED)
{
	expect("int f(void)\n{\n\tgoto out;\nout:\n\tx;@\n}\n", "f 2");
	expect("int f(void)\n{\n\tgoto out;\nout:@\n\tx;\n}\n", "f 2");
}

static void test_bad_indentation(void **state UNUSED)
{
	expect("int f(void)\n{\n\tif (x) {\n\t\ty;\n}\n\n\telse if (y) {\n\t\tx;@\n\t}\n}\n", "f 2");
	expect("int f(void)\n{\n\tif (x) {\n\t\ty;\n} else {\n\t\tx;@\n\t}\n}\n", "f 2");
	expect("int f(void)\n{\n\tif (x) {\n\t\ty;\n}\n\nout:\n\tx;@\n}\n", "f 2");
	expect("int f(void)\n{\nif (x)\n{\n\ty;@\n\n\tx;\n\t}\n}\n", "f 2");
	expect("int f(void)\n{\n\tdo {\n\t\ty;\n} while (x);\n\tx;@\n}\n", "f 2");
	expect("int f(void)\n{\n\tx; }\n\nint g(void)@\n{\n\ty;\n}\n", "g 2");
}

static void test_carriage_returns(void **state UNUSED)
{
	expect("int x;\r\n\r\nint f(int a,@\r\n      int b)\r\n{\r\n\ty;@\r\n}\r\n\r\nint z;@\r\n", "f 4, - 2");
}

static void test_added_file(void **state UNUSED)
{
	compare("", "int x;\n\nint f(void)\n{\n\ty;\n}\n\nint g(void)\n{\n}\n", "- 1, f 4, g 3");
	compare("int f(void)\n{\n\ty;\n}\n", "", "f 4");
}

static void test_renamed_function(void **state UNUSED)
{
	compare("int f(void)\n{\n\ty;\n}\n", "int g(void)\n{\n\ty;\n}\n", "f 1, g 1");
}

/* The sides of a replaced function keep apart. */
static void test_function_inserted_before_another(void **state UNUSED)
{
	compare("static int\nf(void)\n{\n\tx;\n}\n\nstatic int\nh(void)\n{\n\tx;\n}\n",
		"static int\nf(void)\n{\n\tx;\n}\n\nstatic int\ng(void)\n{\n\tx;\n}\n\nstatic int\nh(void)\n{\n\tx;\n}\n",
		"g 5, - 0");
}

static void note_line(char side, const char *text, size_t len, bool in_comment, void *data)
{
	strbuf_addf(data, "%c%s%.*s|", side, in_comment ? "#" : "", (int)len, text);
}

static void test_lines(void **state UNUSED)
{
	const char *old = "a;\nb;\n/* c\nd */\n", *new_ = "a;\nx;\n\n/* c\ne */\nf; /*\n*/";
	struct strbuf got = STRBUF_INIT;
	struct function_sink sink = { .line = note_line, .data = &got };

	assert_int_equal(function_changes(old, strlen(old), new_, strlen(new_), &sink), 7);
	assert_string_equal(got.buf, "-b;|+x;|+#|-#d */|+#e */|+f; /*|+#*/|");
	strbuf_release(&got);
}

static void test_no_callback(void **state UNUSED)
{
	struct function_sink sink = { .data = NULL };

	assert_int_equal(function_changes("a\n", 2, "b\nc\n", 4, &sink), 3);
	assert_int_equal(function_changes(NULL, 0, NULL, 0, &sink), 0);
	assert_int_equal(function_changes(NULL, 0, "b\n", 2, &sink), 1);
}

static void test_binary(void **state UNUSED)
{
	struct strbuf got = STRBUF_INIT;
	struct function_sink sink = { .function = note_function, .line = note_line, .data = &got };

	assert_int_equal(function_changes("a\0b\n", 4, "b\n", 2, &sink), 0);
	assert_int_equal(function_changes("b\n", 2, "a\0b\n", 4, &sink), 0);
	assert_int_equal(got.len, 0);
	strbuf_release(&got);
}

static void expect_ranges(const char *text, const char *ranges)
{
	struct function_range *list;
	size_t nr = function_ranges(text, strlen(text), &list);
	struct strbuf got = STRBUF_INIT;

	for (size_t i = 0; i < nr; i++) {
		const struct function_range *r = &list[i];
		size_t from = 0, to = 0;

		strbuf_addf(&got, "%s%.*s %" PRIu32 "-%" PRIu32 "-%" PRIu32, i ? ", " : "", (int)r->len,
			    r->name, r->from, r->body, r->to);
		/* The offsets are those of the lines. */
		for (size_t k = 0; k < r->end; k++) {
			from += k < r->start && text[k] == '\n';
			to += text[k] == '\n' || k + 1 == strlen(text);
		}
		assert_int_equal(from, r->from);
		assert_int_equal(to, r->to);
	}
	assert_string_equal(got.buf, ranges);
	strbuf_release(&got);
	free(list);
}

static void test_ranges(void **state UNUSED)
{
	expect_ranges("", "");
	expect_ranges("int x;\n", "");
	expect_ranges("int x;\n\nstatic int\nf(void)\n{\n\tx;\n}\n\nint g(void) {\n}\n", "f 2-4-7, g 8-8-10");
	expect_ranges("int f(void) { return 0; } int g(void) { return 0; }\n", "f 0-0-1, g 0-0-1");
	expect_ranges("int f(void)\n{\n\tx;", "f 0-1-3");
	expect_ranges("\tint f(void)\n\t{\n\t\tif (x) {\n\t\t}\n\t}\nint x;\n", "f 0-1-5");
	expect_ranges("/* f(void) { */ int x = '{'; char *y = \"{\";\nint f(void)\n{\n}\n", "f 1-2-4");
}

static void test_ranges_of_other_braces(void **state UNUSED)
{
	expect_ranges("static struct a b = {\n\t.x = { X(1) },\n};\nint f(void)\n{\n}\n", "f 3-4-6");
	expect_ranges("MACRO(a, 1)\n\nstruct b {\n\tint x;\n};\n", "");
	expect_ranges("extern \"C\" {\nint f(void)\n{\n}\n}\nint g(void)\n{\n}\n", "f 1-2-4, g 5-6-8");
	expect_ranges("EVENT(a, ({ int x; }));\nint f(void)\n{\n}\n", "f 1-2-4");
	expect_ranges("int f(a)\n\tint a;\n{\n}\n", "f 0-2-4");
	expect_ranges("EVENT(a, f(x) { y; });\nint f(void)\n{\n}\n", "f 1-2-4");
	expect_ranges("int f(void)\n\n\n{\n}\n", "f 0-3-5");
}

/* A header that is found above the body that is still open leaves no range that ends before it begins. */
static void test_ranges_do_not_cross(void **state UNUSED)
{
	static const char text[] = "xna f(if\n#ifn\nv(v*\nienum){ bzzz\n#els  )\nz)\n*/{ \t\n";
	struct function_range *ranges;
	size_t nr = function_ranges(text, strlen(text), &ranges);

	assert_true(nr > 0);
	for (size_t i = 0; i < nr; i++) {
		assert_true(ranges[i].start < ranges[i].end && ranges[i].end <= strlen(text));
		assert_true(ranges[i].from <= ranges[i].body && ranges[i].body < ranges[i].to);
	}
	free(ranges);
}

static void test_ranges_under_conditions(void **state UNUSED)
{
	expect_ranges("int f(void)\n{\n#if A\n\tif (x) {\n#else\n\tif (y) {\n#endif\n\t}\n}\nint g(void)\n{\n}\n",
		      "f 0-1-9, g 9-10-12");
	expect_ranges("#if A\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\n\tx;\n}\nint g(void)\n{\n}\n",
		      "f 1-2-9, g 9-10-12");
	/* What an #if spoils ends with a brace in column 0. */
	expect_ranges("int f(void)\n{\n#if A\n\tif (x) {\n#endif\n\ty;\n}\nint g(void)\n{\n}\n",
		      "f 0-1-7, g 7-8-10");
	expect_ranges("#define X(a) /* {\n   { */ a\n#define Y \\\n\t{\nint g(void)\n{\n}\n", "g 4-5-7");
	expect_ranges(
		"int f(void)\n{\n#if A\n\tif (x) {\n#else\n\tif (y) {\n#endif\n\t}\n\ty; }\nint g(void)\n{\n}\n",
		"f 0-1-9, g 9-10-12");
}

static void test_ranges_of_bad_indentation(void **state UNUSED)
{
	expect_ranges("int f(void)\n{\n\tif (x) {\n}\n\n\t/* y */\n\ty;\n}\n", "f 0-1-8");
	expect_ranges("int f(void)\n{\n\tif (x) {\n}\n}\nint g(void)\n{\n}\n", "f 0-1-5, g 5-6-8");
}

/* Bytes that once were, or might be, slow or fatal; the time limit of the test run is the judge. */
static void test_hostile_texts(void **state UNUSED)
{
	static const char *const lines[] = { "{\n",     "}\n",   "f(x)\n", "f(\n",    "/*\n", "\"\n",
					     "\"/*\n",  "a\\\n", "){}\n",  "f() {\n", "\n",   "#if\n",
					     "#else\n", "x;\n",  "=",      "f(x){}",  "'",    "{",
					     "f(\"/*",  "\t{\n", "\r\n" };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
		struct function_sink sink = { .line = NULL, .function = note_function, .data = &got };
		struct function_range *ranges;

		for (int k = 0; k < 50000; k++)
			strbuf_addstr(&text, lines[i]);
		function_changes("", 0, text.buf, text.len, &sink);
		function_changes(text.buf, text.len, text.buf + 1, text.len - 1, &sink);
		function_ranges(text.buf, text.len, &ranges);
		free(ranges);
		strbuf_release(&text);
		strbuf_release(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_header_and_braces),
		cmocka_unit_test(test_between_functions),
		cmocka_unit_test(test_comment_before_a_function),
		cmocka_unit_test(test_several_in_the_order_of_sight),
		cmocka_unit_test(test_comment_lines_do_not_count),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_prototype_before_a_struct),
		cmocka_unit_test(test_transparent_braces),
		cmocka_unit_test(test_macros_that_define_functions),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_pointers_to_functions),
		cmocka_unit_test(test_old_parameters),
		cmocka_unit_test(test_alternative_headers),
		cmocka_unit_test(test_continued_if),
		cmocka_unit_test(test_macro_bodies),
		cmocka_unit_test(test_braces_in_comments_and_strings),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_bad_indentation),
		cmocka_unit_test(test_carriage_returns),
		cmocka_unit_test(test_added_file),
		cmocka_unit_test(test_renamed_function),
		cmocka_unit_test(test_function_inserted_before_another),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_callback),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_ranges_of_other_braces),
		cmocka_unit_test(test_ranges_do_not_cross),
		cmocka_unit_test(test_ranges_under_conditions),
		cmocka_unit_test(test_ranges_of_bad_indentation),
		cmocka_unit_test(test_hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
