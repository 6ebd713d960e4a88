#!/bin/sh

test_description='the path walk: which commits change a path, and from what to what'

. "$(dirname "$0")/test-lib.sh"

test_touch=$HELPER_PATH/test-touch
oracle=$TEST_SOURCE/helper/touch-oracle

zero=0000000000000000000000000000000000000000

# touched <range> <path>...: "<subject> <C|M> <path>...", as the walk has it.
touched() {
	touched_range=$1
	shift
	test_write_lines "$@" | "$test_touch" "$touched_range" >touched.out || return
	while read -r id rest
	do
		echo "$(git log -1 --format=%s "$id") $rest" || return
	done <touched.out
}

# expect_touched <range> <path>...: lines as above come from standard input.
expect_touched() {
	cat >expect &&
	touched "$@" >actual &&
	test_cmp expect actual
}

# kinds <range> <path>...: "<path> <kind><kind>" of each change.
kinds() {
	kinds_range=$1
	shift
	test_write_lines "$@" | "$test_touch" --long "$kinds_range" >kinds.out &&
	sed "s/^[0-9a-f]* [CM] \(.*\) \(.\):[0-9a-f]* \(.\):[0-9a-f]*$/\1 \2\3/" kinds.out
}

# same_as_git <range> <path>...: both in full.
same_as_git() {
	same_range=$1
	shift
	test_write_lines "$@" >paths &&
	"$oracle" "$same_range" <paths >expect &&
	"$test_touch" --long "$same_range" <paths >actual.unsorted &&
	sort actual.unsorted >actual &&
	test_cmp expect actual
}

test_expect_success 'set up' '
	git init -q &&
	test_commit base sched/fair.c &&
	test_commit one sched/fair.c &&
	test_commit other mm/slab.c &&
	test_commit two sched/core.c &&
	test_commit nested sched/deep/er/x.c &&
	git rm -q sched/core.c &&
	test_tick &&
	git commit -q -m gone &&
	git tag gone
'

test_expect_success 'a commit that changes a file is listed, with the file'\''s name' '
	expect_touched base..gone sched/fair.c <<-\EOF
	one C sched/fair.c
	EOF
'

test_expect_success 'commits come oldest first, their paths in the order given' '
	expect_touched base..gone sched/core.c sched mm/slab.c <<-\EOF
	one C sched
	other C mm/slab.c
	two C sched/core.c sched
	nested C sched
	gone C sched/core.c sched
	EOF
'

test_expect_success 'both blobs are told, zeroes for none' '
	echo sched/core.c | "$test_touch" --long base..gone >actual &&
	blob=$(git rev-parse two:sched/core.c) &&
	cat >expect <<-EOF &&
	$(git rev-parse two) C sched/core.c -:$zero f:$blob
	$(git rev-parse gone) C sched/core.c f:$blob -:$zero
	EOF
	test_cmp expect actual
'

test_expect_success 'a path may be wanted and lie above others, and be given twice' '
	same_as_git base..gone sched sched/fair.c sched/deep/er sched/deep sched/deep/er/x.c sched sched/fair.c
'

test_expect_success 'paths that no commit has are never listed' '
	expect_touched base..gone nowhere sched/fair.c/below mm/slab sche sched/fair.cc </dev/null
'

test_expect_success 'no path at all touches nothing' '
	"$test_touch" base..gone </dev/null >actual &&
	test_must_be_empty actual
'

test_expect_success 'the empty path is the root: every commit that changes anything' '
	test_tick &&
	git commit -q --allow-empty -m nothing &&
	git tag nothing &&
	echo >empty &&
	"$test_touch" base..nothing <empty >out &&
	cut -d" " -f1 out >actual &&
	git rev-list --reverse base..gone >expect &&
	test_cmp expect actual
'

test_expect_success 'a changed mode is a change, with equal ids' '
	git update-index --chmod=+x sched/fair.c &&
	test_tick &&
	git commit -q -m executable &&
	git tag executable &&
	blob=$(git rev-parse executable:sched/fair.c) &&
	echo "$(git rev-parse executable) C sched/fair.c f:$blob x:$blob" >expect &&
	echo sched/fair.c | "$test_touch" --long nothing..executable >actual &&
	test_cmp expect actual
'

test_expect_success 'a file that becomes a symbolic link of the same text is a change' '
	printf target >link &&
	git add link &&
	test_tick &&
	git commit -q -m file &&
	git tag file &&
	git update-index --cacheinfo "120000,$(git rev-parse file:link),link" &&
	test_tick &&
	git commit -q -m link &&
	git tag link &&
	echo "link fl" >expect &&
	kinds file..link link >actual &&
	test_cmp expect actual &&
	git reset -q --hard
'

test_expect_success 'a file that becomes a directory, and back' '
	test_commit as-file thing &&
	git rm -q thing &&
	test_commit as-directory thing/inside &&
	git rm -q -r thing &&
	test_commit as-file-again thing &&
	same_as_git link..as-file-again thing thing/ thing/inside &&
	cat >expect <<-\EOF &&
	thing ft
	thing/inside -f
	thing tf
	thing/inside f-
	EOF
	kinds as-file..as-file-again thing thing/inside >actual &&
	test_cmp expect actual
'

test_expect_success 'with a slash at its end, a path counts only as a directory' '
	cat >expect <<-\EOF &&
	thing -t
	thing t-
	EOF
	kinds link..as-file-again thing/ >actual &&
	test_cmp expect actual
'

test_expect_success 'a submodule is listed when its commit changes' '
	for commit in 1 2 2
	do
		git update-index --add --cacheinfo "160000,$(printf "%040d" $commit),module" &&
		test_tick &&
		git commit -q --allow-empty -m "module $commit" || return 1
	done &&
	git tag modules &&
	cat >expect <<-\EOF &&
	module -m
	module mm
	EOF
	kinds as-file-again..modules module >actual &&
	test_cmp expect actual &&
	same_as_git as-file-again..modules module module/ module/below
'

# raw_tree <mode> <name> <id>...: a tree as it stands, and its id.
raw_tree() {
	perl -e '
		while (my ($mode, $name, $id) = splice(@ARGV, 0, 3)) {
			print "$mode $name\0", pack("H*", $id);
		}
	' -- "$@" | git hash-object --literally -w -t tree --stdin
}

# raw_commit <name> <tree> [<parent>...]: a commit tagged with the name.
raw_commit() {
	raw_name=$1
	raw_tree=$2
	shift 2
	test_tick &&
	{
		echo "tree $raw_tree" &&
		for parent
		do
			echo "parent $(git rev-parse "$parent")" || return
		done &&
		echo "author $GIT_AUTHOR_NAME <$GIT_AUTHOR_EMAIL> $GIT_AUTHOR_DATE" &&
		echo "committer $GIT_COMMITTER_NAME <$GIT_COMMITTER_EMAIL> $GIT_COMMITTER_DATE" &&
		echo &&
		echo "$raw_name"
	} >raw &&
	git tag "$raw_name" "$(git hash-object -w -t commit raw)"
}

test_expect_success 'modes that git reads alike are alike' '
	blob=$(git rev-parse base:sched/fair.c) &&
	raw_commit strict "$(raw_tree 100644 a "$blob" 100755 b "$blob")" &&
	raw_commit loose "$(raw_tree 100664 a "$blob" 100775 b "$blob")" strict &&
	echo "a fx" >expect &&
	raw_commit swapped "$(raw_tree 100777 a "$blob" 100775 b "$blob")" loose &&
	kinds strict..swapped a b >actual &&
	test_cmp expect actual
'

test_expect_success 'a name that sorts between a file and a directory of one name' '
	blob=$(git rev-parse base:sched/fair.c) &&
	other=$(git rev-parse one:sched/fair.c) &&
	below=$(raw_tree 100644 x "$blob") &&
	raw_commit before "$(raw_tree 100644 a-b "$blob" 100644 a.c "$blob" 40000 a "$below")" &&
	raw_commit after "$(raw_tree 100644 a-b "$other" 100644 a.c "$other" 100644 a0 "$other")" before &&
	same_as_git before..after a a/x a-b a.c a0
'

test_expect_success 'names that begin and end with blanks' '
	blob=$(git rev-parse base:sched/fair.c) &&
	other=$(git rev-parse one:sched/fair.c) &&
	raw_commit blanks "$(raw_tree 40000 "  x" "$(raw_tree 100644 " y " "$blob")" 100644 " z" "$blob")" &&
	raw_commit blanks2 "$(raw_tree 40000 "  x" "$(raw_tree 100644 " y " "$other")" 100644 " z" "$other")" blanks &&
	same_as_git blanks..blanks2 "  x/ y " "  x" " x" x " z" z
'

test_expect_success 'a root commit is compared with nothing' '
	git checkout -q --orphan island gone &&
	git rm -q -r --cached . &&
	test_commit island sched/fair.c &&
	git checkout -q -f gone &&
	test_merge bridge --allow-unrelated-histories -s ours island &&
	expect_touched gone..bridge sched/fair.c mm/slab.c <<-\EOF
	island C sched/fair.c
	EOF
'

# Two lines of work on the same file, merged three ways.
test_expect_success 'set up merges' '
	git checkout -q -B left gone &&
	printf "%s\n" 1 2 3 4 5 >f &&
	echo same >g &&
	git add f g &&
	test_tick &&
	git commit -q -m fork &&
	git tag fork &&
	sed "s/1/left/" f >f.new &&
	mv f.new f &&
	test_tick &&
	git commit -q -a -m left &&
	git checkout -q -b right fork &&
	sed "s/5/right/" f >f.new &&
	mv f.new f &&
	test_tick &&
	git commit -q -a -m right
'

test_expect_success 'a merge that joins two versions of a path is listed' '
	git checkout -q -B joined left &&
	test_merge joined-merge right &&
	expect_touched fork..joined-merge f g <<-\EOF &&
	left C f
	right C f
	joined-merge M f
	EOF
	same_as_git fork..joined-merge f g
'

test_expect_success 'a merge that takes one side as it is, is not' '
	git checkout -q -B taken left &&
	test_merge taken-merge -s ours right &&
	expect_touched fork..taken-merge f g <<-\EOF
	left C f
	right C f
	EOF
'

test_expect_success 'an evil merge is listed for what it adds' '
	git checkout -q -B evil left &&
	test_tick &&
	git merge -q --no-commit -s ours right &&
	echo evil >g &&
	git add g &&
	git commit -q -m evil-merge &&
	expect_touched left..HEAD f g <<-\EOF &&
	right C f
	evil-merge M g
	EOF
	same_as_git left..HEAD f g
'

test_expect_success 'paths differ from every parent each on its own' '
	blob=$(git rev-parse base:sched/fair.c) &&
	other=$(git rev-parse one:sched/fair.c) &&
	raw_commit p0 "$(raw_tree 100644 a "$blob" 100644 b "$blob" 100644 c "$blob")" &&
	raw_commit p1 "$(raw_tree 100644 a "$other" 100644 b "$blob" 100644 c "$blob")" p0 &&
	raw_commit p2 "$(raw_tree 100644 a "$blob" 100644 b "$other" 100644 c "$blob")" p0 &&
	raw_commit p3 "$(raw_tree 100755 a "$blob" 100644 b "$blob" 100644 c "$blob")" p0 &&
	raw_commit octopus "$(raw_tree 100755 a "$other" 100644 b "$other" 100644 c "$blob")" p1 p2 p3 &&
	same_as_git p0..octopus a b c &&
	expect_touched p0..octopus a b c <<-\EOF
	p1 C a
	p2 C b
	p3 C a
	octopus M a
	EOF
'

# expect_error <text>...: the walk of a/b over sane..broken fails and says so.
expect_error() {
	echo a/b >path &&
	test_expect_code 128 "$test_touch" sane..broken <path >out 2>err &&
	for text
	do
		test_grep -F "$text" err || return 1
	done
}

test_expect_success 'a malformed tree is an error that names it' '
	blob=$(git rev-parse base:sched/fair.c) &&
	raw_commit sane "$(raw_tree 100644 z "$blob")" &&
	below=$(raw_tree 100644 x "$blob") &&
	for kind in cut no-mode no-name no-blank twice
	do
		case $kind in
		cut) raw_tree 100644 0 "$blob" 100644 z abcd ;;
		no-mode) raw_tree "" 0 "$blob" ;;
		no-name) raw_tree 100644 "" "$blob" ;;
		no-blank) printf "1006440\0abcdefghijklmnopqrstuvwxyz" | git hash-object --literally -w -t tree --stdin ;;
		twice) raw_tree 40000 a "$below" 40000 a "$below" 100644 b "$blob" ;;
		esac >tree &&
		test_might_fail git tag -d broken &&
		raw_commit broken "$(cat tree)" sane &&
		test_write_lines a b >two &&
		test_expect_code 128 "$test_touch" sane..broken <two >out 2>err &&
		test_grep "tree $(cat tree) is malformed" err || return 1
	done
'

test_expect_success 'a missing tree is an error that names it' '
	blob=$(git rev-parse base:sched/fair.c) &&
	git tag -d broken &&
	below=$(raw_tree 100644 gone-tree "$blob") &&
	raw_commit broken "$(raw_tree 40000 a "$below")" sane &&
	rm -f ".git/objects/$(echo "$below" | sed "s,^..,&/,")" &&
	expect_error "tree $below is missing" "git fsck"
'

test_expect_success 'what is no tree where a tree should be, is an error' '
	blob=$(git rev-parse base:sched/fair.c) &&
	git tag -d broken &&
	raw_commit broken "$(raw_tree 40000 a "$blob")" sane &&
	expect_error "tree $blob" "is a blob, not a tree"
'

test_expect_success 'in a partial clone without trees, the error tells how to get them' '
	git init -q --bare served.git &&
	git push -q served.git gone:refs/heads/main &&
	git -C served.git config uploadpack.allowFilter true &&
	git -C served.git config uploadpack.allowAnySHA1InWant true &&
	git clone -q --bare --filter=tree:0 "file://$PWD/served.git" partial.git &&
	echo sched/fair.c >path &&
	(
		cd partial.git &&
		test_expect_code 128 "$test_touch" main~2..main <../path >out 2>err &&
		test_grep "is missing from this partial clone" err &&
		test_grep "git fetch --refetch --filter=blob:none" err
	)
'

test_expect_success 'in a partial clone without blobs the walk needs none' '
	git clone -q --bare --filter=blob:none "file://$PWD/served.git" blobless.git &&
	(
		cd blobless.git &&
		same_as_git main~4..main sched/fair.c sched mm/slab.c sched/core.c
	)
'

test_done
