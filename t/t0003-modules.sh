#!/bin/sh

test_description='the module table of the Makefile is the architecture'

. "$(dirname "$0")/test-lib.sh"

# uses <module>: what the table grants it, itself included.
uses() {
	echo "$1" &&
	sed -n "s/^USES_$1 =//p" "$PROJECT_SOURCE/Makefile" | tr ' ' '\n' | sed '/^$/d'
}

# plant <module> <header>: whether a file of the module that includes the
# header compiles, in the copy of the sources.
plant() {
	printf '#include "%s"\n' "$2" >"copy/lib/$1/planted.c" &&
	make -s -C copy "build/lib/$1/planted.o" >out 2>&1
}

test_expect_success 'the table names every folder of lib/' '
	sed -n "s/^MODULES = //p" "$PROJECT_SOURCE/Makefile" | tr " " "\n" | sort >expect &&
	ls "$PROJECT_SOURCE/lib" | sort >actual &&
	test_cmp expect actual
'

test_expect_success 'take a copy of the sources' '
	mkdir copy &&
	cp -R "$PROJECT_SOURCE/Makefile" "$PROJECT_SOURCE/lib" copy &&
	sed -n "s/^MODULES = //p" copy/Makefile | tr " " "\n" >modules &&
	for module in $(cat modules)
	do
		header=$(cd copy/lib && ls $module/*.h | sed 1q) &&
		echo "$module $header" || return 1
	done >headers &&
	test_line_count -gt 4 headers
'

test_expect_success 'a planted include compiles where the table grants it' '
	for module in $(cat modules)
	do
		for used in $(uses $module)
		do
			header=$(sed -n "s/^$used //p" headers) &&
			plant $module $header || return 1
		done
	done
'

test_expect_success 'a planted include does not compile where the table does not grant it' '
	tried=0 &&
	for module in $(cat modules)
	do
		uses $module >granted &&
		while read -r other header
		do
			if ! grep -qx $other granted
			then
				tried=$((tried + 1)) &&
				test_must_fail plant $module $header &&
				test_grep "$header: No such file" out || return 1
			fi
		done <headers
	done &&
	test $tried -gt 5
'

test_expect_success 'a command cannot include another command' '
	! grep -nE "#include \"(git-|\\.\\./git-)" "$PROJECT_SOURCE"/git-*/*.[ch]
'

test_expect_success 'no include climbs or points into the system by path' '
	! grep -rnE "#include [\"<](\\.\\./|\\./|/)" "$PROJECT_SOURCE"/lib "$PROJECT_SOURCE"/git-*/ \
		"$PROJECT_SOURCE"/t/unit "$PROJECT_SOURCE"/t/helper --include=*.[ch]
'

test_expect_success 'every header compiles alone' '
	for module in $(cat modules)
	do
		for header in copy/lib/$module/*.h
		do
			echo "#include \"$module/${header##*/}\"" >alone.c &&
			gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -Icopy/build/include/$module alone.c ||
				return 1
		done
	done
'

# door <header> <files...>: only these files (shell patterns below the
# project) include a foreign header.
door() {
	foreign=$1 &&
	shift &&
	(
		cd "$PROJECT_SOURCE" &&
		grep -rlE "#include <$foreign>" lib git-*/ --include=*.[ch]
	) >found
	for allowed
	do
		grep -v "^$allowed" found >left
		mv left found
	done &&
	test_must_be_empty found
}

test_expect_success 'every foreign library has one door' '
	door "git2.*\\.h" lib/repo/ &&
	door "csv\\.h" lib/base/csv.c &&
	door "jansson\\.h" lib/base/json &&
	door "pcre2.*\\.h" lib/base/regex &&
	door "sqlite3\\.h" lib/store/ &&
	door "gsl/.*\\.h" lib/stats/ &&
	door "curl/.*\\.h" lib/llm/ &&
	door "(elfutils/.*|libelf|dwarf)\\.h" lib/profile/source.c &&
	door "yaml\\.h" lib/store/ &&
	door "(mysql|mariadb).*\\.h" lib/store/
'

# Out of memory is the one thing that compat.c and json.c may die of.
test_expect_success 'only the ui module and the commands print or exit' '
	(
		cd "$PROJECT_SOURCE" &&
		grep -rnwE "(printf|puts|putchar|perror|exit) ?\\(|stdout|stderr" lib --include=*.c
	) >out &&
	grep -vE "^lib/(ui/|base/(compat|json)\\.c:)" out >lines &&
	test_must_fail grep -vE "^[^:]*:[0-9]*:[[:space:]]*(/?\\*|//)" lines
'

test_done
