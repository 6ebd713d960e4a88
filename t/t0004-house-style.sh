#!/bin/sh

test_description='house style that no compiler checks'

. "$(dirname "$0")/test-lib.sh"

# Every file of ours, seen from the top; the build folders and what git keeps
# are not ours.
test_expect_success 'list the files' '
	(
		cd "$PROJECT_SOURCE" &&
		find . \( -name .git -o -path ./build \) -prune -o -type f -print | sed "s,^\./,," | sort
	) >files &&
	grep -E "^(lib|git-perf[a-z]*|t/unit|t/helper|t/fuzz)/.*\\.[ch]$" files >c-files &&
	test_line_count -gt 20 c-files
'

in_project() {
	(cd "$PROJECT_SOURCE" && "$@")
}

# finds_nothing <command>...: for greps over the project.
finds_nothing() {
	in_project "$@" >found
	test $? -le 1 &&
	test_must_be_empty found
}

test_expect_success 'banned calls are absent' '
	grep -E "^(lib|git-perf)" c-files >ours &&
	finds_nothing grep -nwE \
		"(system|popen|strcpy|strcat|strncat|stpcpy|sprintf|vsprintf|gets|strtok|alloca|mktemp|tmpnam)[[:space:]]*\\(" \
		$(cat ours)
'

test_expect_success 'unchecked allocation stays in compat.c' '
	finds_nothing grep -nwE "(malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf)[[:space:]]*\\(" \
		$(grep -E "^(lib|git-perf)" c-files | grep -v "^lib/base/compat\\.c")
'

test_expect_success 'no struct is typedef-ed' '
	finds_nothing grep -nE "^[[:space:]]*typedef[[:space:]]+(struct|union|enum)" $(cat c-files)
'

test_expect_success 'no path of a developer machine is in a file' '
	finds_nothing grep -nIE "/(home|Users)/[a-z]|/root/|/work/|/tmp/[a-z]+/" $(grep -v "^t/t0004-" files)
'

test_expect_success 'no function is longer than sixty lines' '
	in_project awk "
		FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start - 1 > 60)
				print FILENAME \":\" start \": \" FNR - start - 1 \" lines\"
			start = 0
		}
	" $(cat c-files) >found &&
	test_must_be_empty found
'

test_expect_success 'no source file is longer than 500 lines, no unit test than 700' '
	in_project wc -l $(cat c-files) >lengths &&
	awk "\$2 != \"total\" && \$1 > (\$2 ~ /^t\// ? 700 : 500)" lengths >found &&
	test_must_be_empty found
'

test_expect_success 'no text file has trailing blanks or lacks its last newline' '
	grep -E "\\.(c|h|sh|adoc|md)$|^script/|Makefile$" files >text &&
	finds_nothing grep -nE "[ 	]+$" $(cat text) &&
	for file in $(cat text)
	do
		if test -s "$PROJECT_SOURCE/$file" && test -n "$(tail -c 1 "$PROJECT_SOURCE/$file")"
		then
			echo "$file"
		fi
	done >found &&
	test_must_be_empty found
'

test_expect_success 'test files are named by family, and can be run' '
	grep "^t/t[^/]*\\.sh$" files >tests &&
	test_must_fail grep -vE "^t/(t[0-9]{4}-[a-z0-9-]+|test-lib)\\.sh$" tests &&
	for file in $(grep -E "^(script/.*|\\.ci/run)$" files)
	do
		test -x "$PROJECT_SOURCE/$file" || echo "$file"
	done >found &&
	test_must_be_empty found
'

test_expect_success 'no two test files share a number' '
	sed -n "s,^t/t\\([0-9]\\{4\\}\\)-.*\\.sh$,\\1,p" files | sort | uniq -d >found &&
	test_must_be_empty found
'

test_done
