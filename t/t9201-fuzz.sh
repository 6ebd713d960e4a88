#!/bin/sh

test_description='the parsers of foreign bytes, fuzzed for a minute each'

. "$(dirname "$0")/test-lib.sh"

test_expect_success 'every fuzzer has seeds and a dictionary' '
	for file in "$TEST_SOURCE"/fuzz/fuzz-*.c
	do
		name=$(basename "$file" .c) &&
		name=${name#fuzz-} &&
		test_path_is_file "$TEST_SOURCE/fuzz/$name.dict" &&
		test "$(ls "$TEST_SOURCE/fuzz/$name" | wc -l)" -gt 3 &&
		echo "$name" || return 1
	done >fuzzers &&
	test_line_count -gt 8 fuzzers
'

test_lazy_prereq CLANG 'clang --version'

test_expect_success CLANG 'make fuzz: nothing is found in any of them' '
	if ! make -s -C "$PROJECT_SOURCE" fuzz >log 2>&1
	then
		grep -v "^stat::" log | tail -n 50 >&4
		return 1
	fi &&
	test "$(grep -c "^  FUZZ  " log)" = "$(wc -l <fuzzers)" &&
	grep "^stat::number_of_executed_units: [1-9]" log >runs &&
	test "$(wc -l <runs)" = "$(wc -l <fuzzers)"
'

test_done
