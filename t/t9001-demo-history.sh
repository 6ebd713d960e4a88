#!/bin/sh

test_description='every commit of the demo builds and passes its own tests'

. "$(dirname "$0")/test-lib.sh"

test_expect_success 'build and test every commit' '
	"$PROJECT_SOURCE/script/demo-repository" demo &&
	cd demo &&
	git rev-list --reverse main >../commits &&
	for commit in $(cat ../commits)
	do
		git checkout -q --detach $commit &&
		make -s all >../out 2>&1 &&
		test_must_be_empty ../out &&
		if test -d tests
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
