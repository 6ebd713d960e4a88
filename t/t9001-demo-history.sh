#!/bin/sh

test_description='every commit of the demo builds and passes its own tests, but for those that are broken'

. "$(dirname "$0")/test-lib.sh"

test_expect_success 'build and test every commit' '
	"$PROJECT_SOURCE/script/demo-repository" demo &&
	cd demo &&
	git rev-list --reverse main >../commits &&
	first=$(git log --format=%H --grep="name the limit of digits") &&
	git rev-list "$first^..$(git log --format=%H --grep="the name that was forgotten")^" >../broken &&
	test_line_count -gt 2 ../broken &&
	for commit in $(cat ../commits)
	do
		git checkout -q --detach $commit &&
		if grep -qx $commit ../broken
		then
			test_must_fail make -s all >../out 2>&1 &&
			test_grep NUMBER_DIGITS ../out
		else
			make -s all >../out 2>&1 &&
			test_must_be_empty ../out
		fi &&
		if test -d tests && ! grep -qx $commit ../broken
		then
			make -s check >../out
		fi ||
		{
			echo >&4 "failed: $(git log -1 --oneline)" &&
			cat >&4 ../out &&
			return 1
		}
	done
'

test_done
