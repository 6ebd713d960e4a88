#!/bin/sh

test_description='git perfrank: where it is run, and what it runs'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

test_expect_success 'set up' '
	new_program repo &&
	change push "ring: push" "ring_push_more=r = 1" &&
	change pop "ring: pop" "ring_push_more=r = 1" "ring_pop_more=r = 2" &&
	git perfrank --json base..pop >plain
'

repo=$PWD

like_plain() {
	"$@" >actual &&
	test_cmp "$repo/plain" actual
}

test_expect_success 'git -C, from any folder' '
	cd "$HOME" &&
	like_plain git -C repo perfrank --json base..pop &&
	like_plain git -C repo/src perfrank --json base..pop &&
	cd repo/.git &&
	like_plain git perfrank --json base..pop
'

test_expect_success 'GIT_DIR and GIT_WORK_TREE' '
	cd "$HOME" &&
	like_plain env GIT_DIR=repo/.git git perfrank --json base..pop &&
	like_plain env GIT_DIR="$repo/.git" GIT_WORK_TREE=. git perfrank --json base..pop &&
	like_plain git --git-dir=repo/.git perfrank --json base..pop &&
	test_path_is_missing perf
'

test_expect_success 'a path of the command line begins in the folder it is given in' '
	cd "$HOME" &&
	write_profile >mine.csv &&
	mkdir -p lists &&
	like_plain git --git-dir=repo/.git perfrank --json -p mine.csv base..pop &&
	git --git-dir=repo/.git perfrank list -p mine.csv -o lists base..pop &&
	test_path_is_file lists/git_log_base_pop.txt
'

test_expect_success 'a bare repository' '
	cd "$HOME" &&
	git clone -q --bare repo bare.git &&
	like_plain git -C bare.git perfrank --json -p ../mine.csv base..pop &&
	mkdir -p bare.git/perf &&
	write_profile >bare.git/perf/kernel_func.csv &&
	like_plain git -C bare.git perfrank --json base..pop &&
	git -C bare.git perfrank show push >out &&
	test_grep "ring: push" out
'

test_expect_success 'a linked worktree, of a bare repository as well' '
	cd "$HOME" &&
	git -C repo worktree add -q ../linked push &&
	like_plain git -C linked perfrank --json base..pop &&
	git -C bare.git worktree add -q ../linked-bare push &&
	like_plain git -C linked-bare perfrank --json base..pop
'

test_expect_success 'objects of another repository, by alternates' '
	cd "$HOME" &&
	git clone -q --shared repo borrower 2>/dev/null &&
	git -C borrower fetch -q --tags &&
	like_plain git -C borrower perfrank --json -p "$HOME/mine.csv" base..pop
'

test_expect_success 'a repository of another user is refused, as git refuses it' '
	cd "$repo" &&
	test_env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 refused "dubious ownership\|unsafe" git perfrank base..pop
'

test_expect_success 'a partial clone is never made to fetch' '
	cd "$HOME" &&
	git -C repo mv src/ring.c src/queue.c &&
	git -C repo commit -q -m "ring: a new name" &&
	git -C repo tag moved &&
	sed "s,src.ring.c,src/queue.c," mine.csv >queue.csv &&
	git -C repo config uploadpack.allowFilter true &&
	git clone -q --bare --filter=blob:none "file://$repo" partial.git &&
	git -C partial.git rev-list --objects --all --missing=print >before &&
	test_grep "^?" before &&
	git -C partial.git perfrank -p ../queue.csv base..moved >out 2>err &&
	test_grep "ring: a new name" out &&
	test_grep "^warning: of [0-9]* changes a version is missing from this partial clone" err &&
	git -C partial.git perfrank list -o - -p ../mine.csv base..pop >out &&
	test_grep "^Subject: ring: push" out &&
	git -C partial.git rev-list --objects --all --missing=print >after &&
	test_cmp before after
'

test_expect_success 'set up names that look like options or hold what shells act on' '
	cd "$repo" &&
	git checkout -q -f pop &&
	for name in -x --output=canary "a;touch\${IFS}canary" "b\$(touch\${IFS}canary)" "c|d" "e&f" "-"
	do
		git update-ref "refs/heads/$name" pop || return 1
	done &&
	git update-ref refs/tags/--exec=canary base &&
	git update-ref refs/tags/-v1 base
'

# runs_only_data <command>...: what it runs are full ids, and no name of ours
# is a word that a child could take for an option.
runs_only_data() {
	rm -f "$HOME/trace" &&
	GIT_TRACE_PERF_RUN="$HOME/trace" "$@" >out 2>err
	sed -n "s/^run: start [0-9]*: //p" "$HOME/trace" >started &&
	test_line_count -gt 1 started &&
	if grep -e "canary" -e " '\{0,1\}-x" -e "-v1" -e "[;|&\$]" started >found
	then
		echo >&4 "children got: $(cat found)"
		return 1
	fi &&
	test_path_is_missing canary
}

test_expect_success 'no name becomes an option of a child, or runs anything' '
	for name in -x --output=canary "a;touch\${IFS}canary" "b\$(touch\${IFS}canary)" "c|d" "e&f"
	do
		runs_only_data git perfrank -- "base..$name" &&
		test_grep "ring: push" out &&
		runs_only_data git perfrank list -o - -- "base..$name" &&
		test_grep "ring: push" out &&
		runs_only_data git perfrank show -- push "base..$name" &&
		test_grep "ring: push" out &&
		runs_only_data git perfrank --format="%H %(rank)" "base..$name" || return 1
	done
'

test_expect_success 'lower ends, paths of profiles and of lists are data, too' '
	runs_only_data git perfrank -- --exec=canary..pop &&
	test_grep "ring: push" out &&
	runs_only_data git perfrank -- pop ^-v1 &&
	test_grep "ring: push" out &&
	(
		write_profile &&
		printf "f,1,1,--output=canary\ng,1,1,\$(touch canary)\nh,1,1,-x\n"
	) >"--output=canary.csv" &&
	runs_only_data git perfrank -p ./--output=canary.csv base..pop &&
	test_grep "ring: push" out &&
	runs_only_data git perfrank --profile=--output=canary.csv base..pop &&
	test_grep "ring: push" out
'

test_expect_success 'a revision on the command line that begins with a dash is our own unknown option' '
	test_expect_code 129 git perfrank --output=canary..pop 2>err &&
	test_grep "^error: " err &&
	test_path_is_missing canary
'

test_expect_success 'nothing of the repository is run' '
	cd "$repo" &&
	git perfrank --json base..pop >before &&
	for hook in post-checkout reference-transaction fsmonitor post-index-change
	do
		write_script .git/hooks/$hook <<-\EOF || return 1
		touch "$HOME/canary"
		EOF
	done &&
	mkdir ../bin &&
	write_script ../bin/evil <<-\EOF &&
	touch "$HOME/canary"
	cat
	EOF
	PATH=$HOME/bin:$PATH &&
	echo "*.c diff=evil filter=evil" >.git/info/attributes &&
	git config diff.evil.textconv evil &&
	git config diff.evil.command evil &&
	git config diff.external evil &&
	git config filter.evil.smudge evil &&
	git config filter.evil.clean evil &&
	git config core.fsmonitor evil &&
	git config gpg.program evil &&
	git config log.showSignature true &&
	git cat-file commit pop | sed "/^committer/a\\
gpgsig -----BEGIN PGP SIGNATURE-----\\
 \\
 iQ==\\
 -----END PGP SIGNATURE-----" >signed &&
	git update-ref refs/tags/signed "$(git hash-object -t commit -w --stdin <signed)" &&
	rm -f "$HOME/canary" &&
	git perfrank --json base..pop >after &&
	test_cmp before after &&
	git perfrank show push base..pop >out &&
	git perfrank list -o - base..pop >out &&
	git perfrank --format="%H %s" base..signed >out &&
	test_grep "ring: pop" out &&
	test_path_is_missing "$HOME/canary"
'

test_expect_success 'a child that git cannot start is an error' '
	cd "$repo" &&
	mkdir -p empty-path &&
	test_env PATH="$PWD/empty-path" test_expect_code 128 "$PERF_BUILD/bin/git-perfrank" base..pop >out 2>err &&
	test_grep "^fatal: .*git" err
'

test_expect_success 'damaged objects are named, never passed over' '
	cd "$HOME" &&
	git clone -q --no-local repo damaged 2>/dev/null &&
	cd damaged &&
	pack=$(ls .git/objects/pack/*.pack) &&
	mv "$pack" ../saved.pack &&
	rm -f .git/objects/pack/* &&
	git unpack-objects -q <../saved.pack &&
	id=$(git rev-parse push^{tree}:src) &&
	file=.git/objects/$(echo $id | cut -c 1-2)/$(echo $id | cut -c 3-) &&
	chmod u+w "$file" &&
	rm "$file" &&
	refused "$id" git perfrank -p ../mine.csv base..pop &&
	echo garbage >"$file" &&
	refused "$id\|corrupt\|malformed" git perfrank -p ../mine.csv base..pop
'

test_done
