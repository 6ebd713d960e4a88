#!/bin/sh

test_description='range: what the user types, resolved by git and never taken for an option'

. "$(dirname "$0")/test-lib.sh"

test_repo=$HELPER_PATH/test-repo
SQ="'"

# ends <word>...: the ends that the words mean, ids only, sorted.
ends() {
	"$test_repo" range "$@" >ends &&
	cut -d" " -f1,2 ends | sort
}

# expect_ends <tip> <base>... -- <word>...
expect_ends() {
	echo "tip $(git rev-parse "$1^{commit}")" >expect.ends &&
	shift &&
	while test "$1" != --
	do
		echo "base $(git rev-parse "$1^{commit}")" >>expect.ends &&
		shift || return 1
	done &&
	shift &&
	sort expect.ends >expect &&
	ends "$@" >actual &&
	test_cmp expect actual
}

# expect_refused <sentence> <word>...: "list" first lists as well.
expect_refused() {
	sentence=$1 &&
	shift &&
	test_expect_code 128 "$test_repo" range "$@" 2>actual &&
	printf "error: %s\n" "$sentence" >expect &&
	test_cmp expect actual
}

# one - two - three - merge      main, v1 v2 v3 annotated
#    \- side --------/           side
test_expect_success 'set up' '
	git init -q . &&
	test_commit one &&
	test_commit two &&
	git checkout -q -b side one &&
	test_commit --no-tag side &&
	git checkout -q main &&
	test_commit three &&
	test_merge merge side &&
	git tag -a -m text v1 one &&
	git tag -a -m text v3 three &&
	git tag -a -m text nested v3 2>err &&
	git tag blob $(git rev-parse one:one.t) &&
	git tag tree "one^{tree}" &&
	git update-ref refs/heads/-x two &&
	git update-ref refs/heads/--output=canary two &&
	git update-ref refs/heads/--stdin two
'

test_expect_success 'the forms of a range' '
	expect_ends three one -- one..three &&
	expect_ends three one -- three ^one &&
	expect_ends three one -- ^one three &&
	expect_ends HEAD one -- one.. &&
	expect_ends three HEAD -- ..three &&
	expect_ends HEAD one -- ^one &&
	expect_ends merge side two -- merge ^side ^two &&
	expect_ends merge side two -- side..merge ^two
'

test_expect_success 'tags are peeled, of tags as well' '
	expect_ends three one -- v1..v3 &&
	expect_ends three one -- v1..nested &&
	git rev-parse three >expect &&
	"$test_repo" commit-id nested >actual &&
	test_cmp expect actual
'

test_expect_success 'names that git understands' '
	for name in HEAD @ main refs/heads/main heads/main HEAD~2 HEAD^2 "main@{0}" "HEAD@{1 second ago}" \
		"HEAD^{/two}" "HEAD^{/t.*o..*}" ":/side" v3^0 "v3^{}" "$(git rev-parse two)" \
		"$(git rev-parse --short=8 two)" "$(git describe merge)" -x --output=canary --stdin
	do
		git rev-parse --verify -q --end-of-options "$name" >id || git rev-parse "refs/heads/$name" >id &&
		git rev-parse "$(cat id)^{commit}" >expect &&
		"$test_repo" commit-id "$name" >actual 2>err &&
		test_cmp expect actual || return 1
	done
'

test_expect_success 'names with dots in braces stay whole' '
	expect_ends HEAD one -- "one..HEAD^{/m..ge}" &&
	expect_ends HEAD three -- "HEAD^{/t..ee}..HEAD" &&
	expect_ends side one -- ^one :/s..e
'

test_expect_success 'the ends keep the names that were typed' '
	"$test_repo" range v1..side >out &&
	test_grep "^tip [0-9a-f]* side\$" out &&
	test_grep "^base [0-9a-f]* v1\$" out &&
	"$test_repo" range two.. >out &&
	test_grep "^tip [0-9a-f]* HEAD\$" out
'

test_expect_success 'a symmetric range is refused, and the range that was meant named' '
	expect_refused "the symmetric range ${SQ}one...two${SQ} has no good end; give one..two" one...two
'

test_expect_success 'a range needs a lower end, and one upper end' '
	expect_refused "${SQ}main${SQ} has no lower end; give a range A..main" main &&
	expect_refused "more than one upper end: ${SQ}two${SQ} and ${SQ}three${SQ}; give one range A..B" \
		one..two three &&
	expect_refused "no range; give one like A..B" &&
	expect_refused "${SQ}^${SQ} needs a revision behind it" ^ three &&
	expect_refused "an empty revision" ""
'

test_expect_success 'what is no commit is refused by its name' '
	expect_refused "unknown revision ${SQ}nope${SQ}" one..nope &&
	expect_refused "unknown revision ${SQ}0123456789012345678901234567890123456789${SQ}" \
		0123456789012345678901234567890123456789..main &&
	expect_refused "${SQ}blob${SQ} is a blob that leads to no commit" blob..main &&
	expect_refused "${SQ}tree${SQ} is a tree that leads to no commit" one..tree
'

test_expect_success 'an ambiguous id is refused, and asks for more digits' '
	perl -MDigest::SHA=sha1_hex -e "
		my (\$tree, %seen) = (shift);
		for (my \$i = 0;; \$i++) {
			my \$c = qq(tree \$tree\\nauthor A <a> \$i +0000\\ncommitter C <c> \$i +0000\\n\\nm\\n);
			my \$id = substr(sha1_hex(q(commit ) . length(\$c) . qq(\\0\$c)), 0, 4);
			if (my \$other = \$seen{\$id}) {
				open(my \$a, q(>), q(first)); print \$a \$other; close(\$a);
				open(my \$b, q(>), q(second)); print \$b \$c; close(\$b);
				last;
			}
			\$seen{\$id} = \$c;
		}
	" $(git rev-parse "one^{tree}") &&
	git hash-object -t commit -w first second >pair &&
	short=$(sed -n "1s/^\\(....\\).*/\\1/p" pair) &&
	test_expect_code 128 "$test_repo" commit-id $short 2>actual &&
	test_grep "^error: revision ${SQ}$short${SQ} is ambiguous; give more digits\$" actual
'

test_expect_success 'names that could be options are names' '
	expect_ends two one -- one..-x &&
	expect_ends two one -- one..--output=canary &&
	for name in --all --stdin= --help -h --version -n1 --exec-path=/tmp -- --end-of-options --not \
		--output=other "--glob=*" --git-dir=/ -c --batch --batch-command=x
	do
		expect_refused "unknown revision ${SQ}$name${SQ}" "one..$name" &&
		expect_refused "unknown revision ${SQ}$name${SQ}" "$name" ^one || return 1
	done &&
	test_path_is_missing canary &&
	test_path_is_missing other
'

test_expect_success 'no typed name reaches a command line' '
	GIT_TRACE_PERF_RUN="$PWD/trace" "$test_repo" range list "one..main" "^--output=canary" >out &&
	test_grep "start [0-9]*:.* git -c core.fsmonitor=false cat-file " trace &&
	test_grep "start [0-9]*:.* git -c core.fsmonitor=false rev-list " trace &&
	test_grep ! "canary" trace
'

test_expect_success 'hostile names are just unknown' '
	for name in "\$(touch canary)" "\`touch canary\`" ";touch canary" "| touch canary" "a b" " " "	" \
		"HEAD commit" "* --all" "HEAD^{}; touch canary" "%(objectname)" "missing" "nope missing"
	do
		expect_refused "unknown revision ${SQ}$name${SQ}" "one..$name" || return 1
	done &&
	test_path_is_missing canary
'

test_expect_success 'a newline in a name cannot smuggle another in' '
	test_expect_code 128 "$test_repo" commit-id "nope
HEAD" 2>actual &&
	test_grep "holds a newline; give a tag or an id" actual
'

test_expect_success 'a name that is longer than any is refused' '
	long=$(perl -e "print q(x) x 60000") &&
	test_expect_code 128 "$test_repo" commit-id "$long" 2>actual &&
	test_grep "^error: a revision of 60000 bytes is too long" actual
'

test_expect_success 'a branch without a commit yet is unknown' '
	test_create_repo empty &&
	(cd empty && test_expect_code 128 "$test_repo" range HEAD~1..) 2>actual &&
	echo "error: unknown revision ${SQ}HEAD${SQ}" >expect &&
	test_cmp expect actual
'

test_expect_success 'the commits and their parents, oldest first, as rev-list has them' '
	git rev-list --parents --topo-order --reverse one..merge >expect &&
	"$test_repo" range list one..merge >actual &&
	test_cmp expect actual &&
	git rev-list --parents --topo-order --reverse merge ^side ^two >expect &&
	"$test_repo" range list merge ^side ^two >actual &&
	test_cmp expect actual
'

test_expect_success 'an empty range says which way round it would not be' '
	expect_refused "the range three..one is empty; did you mean one..three?" list three..one &&
	expect_refused "the range v3..three is empty: both ends are one commit" list v3..three &&
	expect_refused "the range is empty: one is reachable from its lower ends" list one ^two ^side
'

test_expect_success 'ends without a common history are refused' '
	git checkout -q --orphan other &&
	test_commit --no-tag other &&
	git checkout -q main &&
	expect_refused "one and other have no common history" list one..other &&
	expect_refused "other and main have no common history" list other..main
'

test_expect_success 'histories that were joined later have one' '
	git checkout -q -b joined main &&
	git merge -q --allow-unrelated-histories -m joined other &&
	git checkout -q main &&
	git rev-list --parents --topo-order --reverse main..joined >expect &&
	"$test_repo" range list main..joined >actual &&
	test_cmp expect actual &&
	test_line_count = 2 actual
'

test_expect_success 'in a shallow clone the list ends where the history does' '
	git clone -q --depth=2 --no-single-branch "file://$PWD" shallow 2>err &&
	(
		cd shallow &&
		git rev-list --parents --topo-order --reverse HEAD~1..HEAD >../expect &&
		"$test_repo" range list HEAD~1.. >../actual
	) &&
	test_cmp expect actual &&
	git clone -q --depth=1 --no-single-branch "file://$PWD" shallow1 2>err &&
	(cd shallow1 && test_expect_code 128 "$test_repo" range list origin/side..origin/main) 2>actual &&
	test_grep "have no common history in this shallow clone; try git fetch --unshallow" actual
'

test_expect_success 'grafts and replaced commits change the list as they change git log' '
	git clone -q --bare . replaced.git 2>err &&
	git -C replaced.git replace --graft merge three &&
	git -C replaced.git rev-list --parents --topo-order --reverse one..merge >expect &&
	(cd replaced.git && "$test_repo" range list one..merge) >actual &&
	test_cmp expect actual &&
	test_line_count = 3 actual
'

test_expect_success 'ranges of a SHA-256 repository' '
	git init -q --object-format=sha256 sha256 &&
	test_commit -C sha256 a &&
	test_commit -C sha256 b &&
	test_commit -C sha256 c &&
	git -C sha256 rev-list --parents --topo-order --reverse a..c >expect &&
	(cd sha256 && "$test_repo" range list a..c) >actual &&
	test_cmp expect actual
'

test_expect_success 'one child resolves, however many names there are, and one lists' '
	rm -f trace &&
	GIT_TRACE_PERF_RUN="$PWD/trace" "$test_repo" range list merge ^one ^side ^two >out &&
	grep "start [0-9]*:" trace | sed "s/.* git \\(-c [^ ]* \\)*\\([a-z-]*\\).*/\\2/" >actual &&
	test_write_lines rev-parse cat-file rev-list >expect &&
	test_cmp expect actual
'

test_done
