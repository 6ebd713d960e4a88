#include "unit.h"

#include "profile/symbol.h"

static void expect(const char *text, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	symbol_name(&out, text, strlen(text));
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void test_names_of_c_stay(void **state UNUSED)
{
	expect("mutex_lock", "mutex_lock");
	expect("helper.constprop.0", "helper.constprop.0");
	expect("__libc_start_main@@GLIBC_2.34", "__libc_start_main@@GLIBC_2.34");
	expect("memcmp@plt", "memcmp@plt");
	expect("operator_table", "operator_table");
}

static void test_parameters_and_return_types_go(void **state UNUSED)
{
	expect("eng::Work::step(int)", "eng::Work::step");
	expect("eng::Work::size() const", "eng::Work::size");
	expect("loop(int) [clone .constprop.0]", "loop");
	expect("loop [clone .isra.0] [clone .cold]", "loop");
	expect("void eng::sort<int*>(int*, int*)", "eng::sort");
	expect("std::vector<int>& ns::make<int, 3>(long) [clone .part.0]", "ns::make");
}

static void test_template_arguments_go(void **state UNUSED)
{
	expect("eng::Table<std::map<int, char> >::bump", "eng::Table::bump");
	expect("void std::__introsort_loop<int*, long, _Iter<eng::step(int)::{lambda(int)#1}> >(int*, int*)",
	       "std::__introsort_loop");
	expect("a<(b->c)>::d", "a::d");
}

static void test_operators_stay(void **state UNUSED)
{
	expect("operator new(unsigned long)", "operator new");
	expect("operator new[](unsigned long)", "operator new[]");
	expect("ns::A::operator()(int) const", "ns::A::operator()");
	expect("ns::A::operator<<(int)", "ns::A::operator<<");
	expect("bool ns::operator< <int>(A<int> const&, A<int> const&)", "ns::operator<");
	expect("ns::A::operator->() const", "ns::A::operator->");
}

static void test_names_that_are_brackets_stay(void **state UNUSED)
{
	expect("(anonymous namespace)::f(int)", "(anonymous namespace)::f");
	expect("ns::(anonymous namespace)::f", "ns::(anonymous namespace)::f");
	expect("eng::step(int)::{lambda(int)#1}::operator()(int) const",
	       "eng::step::{lambda(int)#1}::operator()");
	expect("<alloc::vec::Vec<T> as core::Clone>::clone", "<alloc::vec::Vec<T> as core::Clone>::clone");
	expect("r::work::T<A>::go::{{closure}}", "r::work::T::go::{{closure}}");
}

static void test_other_languages(void **state UNUSED)
{
	expect("parse (reader.py:12)", "parse");
	expect("java.util.HashMap.get", "java.util.HashMap.get");
}

static void test_odd_names_are_never_empty(void **state UNUSED)
{
	expect("(", "(");
	expect("<", "<");
	expect("a(", "a");
	expect("a<b", "a");
	expect(" ", " ");
	expect(" [clone .x]", " [clone .x]");
	expect("operator", "operator");
	expect("operator ", "operator");
	expect("operator(", "operator(");
	expect(")>", ")>");
	expect("", "");
}

static void test_unknown(void **state UNUSED)
{
	assert_true(symbol_is_unknown("0x1f", 4));
	assert_true(symbol_is_unknown("[unknown]", 9));
	assert_false(symbol_is_unknown("0x", 2));
	assert_false(symbol_is_unknown("0xfg", 4));
	assert_false(symbol_is_unknown("main", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_c_stay),
		cmocka_unit_test(test_parameters_and_return_types_go),
		cmocka_unit_test(test_template_arguments_go),
		cmocka_unit_test(test_operators_stay),
		cmocka_unit_test(test_names_that_are_brackets_stay),
		cmocka_unit_test(test_other_languages),
		cmocka_unit_test(test_odd_names_are_never_empty),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
