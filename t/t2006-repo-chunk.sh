#!/bin/sh

test_description='chunks: a range cut at its releases, disjoint and complete'

. "$(dirname "$0")/test-lib.sh"

test_repo=$HELPER_PATH/test-repo

# chunks <mode> <range>...: "<from> <to> <number>" lines.
chunks() {
	"$test_repo" chunks "$@" >out &&
	sed -n "s/^chunk //p" out
}

# expect_chunks <mode> <range> < expected lines
expect_chunks() {
	cat >expect &&
	chunks "$@" >actual &&
	test_cmp expect actual
}

# The commits of chunk number $1, sorted.
commits_of() {
	sed -n "s/^$1 //p" out | sort
}

# Each chunk holds what its tip reaches and neither the base nor a tip
# before it does: asked of git, chunk by chunk.
expect_chunks_as_git_has_them() {
	"$test_repo" chunks "$1" "$2..$3" >out &&
	sed -n "s/^chunk //p" out >list &&
	echo "^$2" >not &&
	at=0 &&
	while read -r from to nr
	do
		git rev-list "$to" --stdin <not | sort >expect &&
		commits_of "$at" >actual &&
		test_cmp expect actual &&
		test_line_count -eq "$nr" actual &&
		echo "^$to" >>not &&
		at=$((at + 1)) || return 1
	done <list &&
	git rev-list "$2..$3" | sort >expect &&
	sed "/^chunk /d; s/^[0-9]* //" out | sort >actual &&
	test_cmp expect actual
}

# A mainline with a release every few commits, pre-releases before each, a
# stable branch off v1.1, and topics that are merged one release late.
test_expect_success 'set up' '
	git init -q . &&
	test_commit v1.0 &&
	test_commit --no-tag a &&
	test_commit v1.1-rc1 &&
	git checkout -q -b topic &&
	test_commit --no-tag topic-1 &&
	git checkout -q main &&
	test_commit v1.1-rc2 &&
	test_commit v1.1 &&
	git checkout -q -b stable &&
	test_commit v1.1.1 &&
	test_commit --no-tag fix &&
	test_commit v1.1.2 &&
	test_commit v1.1.3 &&
	git checkout -q topic &&
	test_commit --no-tag topic-2 &&
	git checkout -q main &&
	test_tick &&
	git merge -q --no-ff -m "merge the topic" topic &&
	test_commit v1.2-rc1 &&
	test_tick &&
	git tag -a -m text v1.2 &&
	test_commit v1.9-rc1 &&
	test_commit v1.9 &&
	test_commit --no-tag b &&
	git tag v3.0 &&
	git tag v0.9 &&
	test_commit v1.10 &&
	git tag other-1.10 v1.9 &&
	git tag other-1.5 v1.1-rc1~1 &&
	git tag v1.0.5 v1.1-rc1~1 &&
	git tag v1.1-stable v1.1 &&
	git tag v2 v1.9 &&
	git tag build-7 v1.2 &&
	test_commit --no-tag last
'

test_expect_success 'the releases between the ends cut, in the order of their numbers' '
	expect_chunks tags v1.0..v1.10 <<-\EOF &&
	v1.0 v1.1 4
	v1.1 v1.2 4
	v1.2 v1.9 2
	v1.9 v1.10 2
	EOF
	expect_chunks_as_git_has_them tags v1.0 v1.10
'

# v0.9, v1.0.5, v3.0 and other-1.5 are where they would cut.
test_expect_success 'tags of other versions, other lengths and other series do not cut' '
	"$test_repo" chunks rc v1.0..v1.10 >out &&
	test_grep ! "^chunk .*\(v0.9\|v1.0.5\|v3.0\|other\)" out &&
	for tag in v0.9 v1.0.5 v3.0 other-1.5
	do
		test_grep "$(git rev-parse $tag)" out || return 1
	done &&
	expect_chunks tags v1.0.5..v1.10 <<-\EOF &&
	v1.0.5 v1.1 3
	v1.1 v1.2 4
	v1.2 v1.9 2
	v1.9 v1.10 2
	EOF
	expect_chunks tags other-1.5..other-1.10 <<-\EOF
	other-1.5 other-1.10 9
	EOF
'

test_expect_success 'with pre-releases, these cut as well' '
	expect_chunks rc v1.0..v1.10 <<-\EOF &&
	v1.0 v1.1-rc1 2
	v1.1-rc1 v1.1-rc2 1
	v1.1-rc2 v1.1 1
	v1.1 v1.2-rc1 4
	v1.2-rc1 v1.9-rc1 1
	v1.9-rc1 v1.9 1
	v1.9 v1.10 2
	EOF
	expect_chunks_as_git_has_them rc v1.0 v1.10
'

test_expect_success 'a merged topic belongs to the release that merged it' '
	"$test_repo" chunks tags v1.0..v1.10 >out &&
	test_grep "^1 $(git rev-parse topic)" out &&
	test_grep "^1 $(git rev-parse topic~1)" out
'

test_expect_success 'stable releases cut a range of stable releases' '
	expect_chunks tags v1.1.1..v1.1.3 <<-\EOF &&
	v1.1.1 v1.1.2 2
	v1.1.2 v1.1.3 1
	EOF
	expect_chunks tags v1.1..v1.1.3 <<-\EOF &&
	v1.1 v1.1.1 1
	v1.1.1 v1.1.2 2
	v1.1.2 v1.1.3 1
	EOF
	expect_chunks tags v1.1.2..v1.9 <<-\EOF
	v1.1.2 v1.2 4
	v1.2 v1.9 2
	EOF
'

test_expect_success 'between pre-releases of one version its pre-releases cut' '
	git clone -q . pre &&
	(
		cd pre &&
		test_commit v3.0-dev1 &&
		test_commit v3.0-dev2 &&
		test_commit v3.0-dev10 &&
		test_commit v3.0.0 &&
		test_commit v3.1-dev1 &&
		expect_chunks tags v3.0-dev1..v3.0-dev10 <<-\EOF &&
		v3.0-dev1 v3.0-dev2 1
		v3.0-dev2 v3.0-dev10 1
		EOF
		expect_chunks tags v3.0-dev1..v3.1-dev1 <<-\EOF
		v3.0-dev1 v3.0.0 3
		v3.0.0 v3.1-dev1 1
		EOF
	)
'

test_expect_success 'one end that is a tag is enough' '
	expect_chunks tags v1.2..HEAD <<-\EOF &&
	v1.2 v1.9 2
	v1.9 v1.10 2
	v1.10 HEAD 1
	EOF
	expect_chunks tags HEAD~6..v1.9 <<-\EOF
	HEAD~6 v1.2 1
	v1.2 v1.9 2
	EOF
'

test_expect_success 'ends that are no tags, or of two series, leave one chunk' '
	expect_chunks tags HEAD~5..HEAD <<-\EOF &&
	HEAD~5 HEAD 5
	EOF
	expect_chunks tags v1.0..other-1.10 <<-\EOF &&
	v1.0 other-1.10 10
	EOF
	git branch v1.8 v1.10 &&
	expect_chunks tags build-7..v1.8 <<-\EOF
	build-7 v1.8 4
	EOF
'

test_expect_success 'tags may be named in full' '
	expect_chunks tags refs/tags/v1.2..tags/v1.10 <<-\EOF
	refs/tags/v1.2 v1.9 2
	v1.9 tags/v1.10 2
	EOF
'

test_expect_success 'two tags of one commit make no chunk without commits' '
	git tag v1.1.0 v1.1 &&
	git tag v1.3 v1.2 &&
	test_when_finished "git tag -d v1.1.0 v1.3" &&
	expect_chunks tags v1.1..v1.9 <<-\EOF
	v1.1 v1.2 4
	v1.2 v1.9 2
	EOF
'

test_expect_success 'without cuts there is one chunk' '
	expect_chunks none v1.0..v1.10 <<-\EOF &&
	v1.0 v1.10 12
	EOF
	expect_chunks tags v1.9..v1.10 <<-\EOF
	v1.9 v1.10 2
	EOF
'

test_expect_success 'pieces of a size, named by their last commits' '
	git rev-list --topo-order --reverse v1.0..v1.10 >list &&
	four=$(sed -n "4s/^\\(.\\{12\\}\\).*/\\1/p" list) &&
	eight=$(sed -n "8s/^\\(.\\{12\\}\\).*/\\1/p" list) &&
	expect_chunks 4 v1.0..v1.10 <<-EOF &&
	v1.0 $four 4
	$four $eight 4
	$eight v1.10 4
	EOF
	sed "/^chunk/d" out >actual &&
	awk "{ print int((NR - 1) / 4), \$1 }" list >expect &&
	test_cmp expect actual &&
	expect_chunks 12 v1.0..v1.10 <<-\EOF &&
	v1.0 v1.10 12
	EOF
	expect_chunks 1000000 v1.0..v1.10 <<-\EOF
	v1.0 v1.10 12
	EOF
'

test_expect_success 'a size of 0 is refused' '
	test_expect_code 128 "$test_repo" chunks 0 v1.0..v1.10 2>actual &&
	test_grep "a number of commits above 0" actual
'

test_expect_success 'a repository without tags has one chunk' '
	git clone -q --no-tags . tagless &&
	(
		cd tagless &&
		git branch v1.0 HEAD~4 &&
		expect_chunks tags v1.0..HEAD <<-\EOF
		v1.0 HEAD 4
		EOF
	)
'

test_expect_success 'packed tags cut as loose ones do' '
	git clone -q --bare . packed.git &&
	git -C packed.git pack-refs --all &&
	chunks tags v1.0..v1.10 >expect &&
	(cd packed.git && chunks tags v1.0..v1.10) >actual &&
	test_cmp expect actual
'

# Histories of random shape with tags in random places, also where no
# release would be: whatever they are, chunks are disjoint and complete and
# hold what git says.
test_expect_success 'chunks of random histories are disjoint and sum to the range' '
	for seed in 1 2 3 4 5 6
	do
		git init -q random-$seed &&
		perl -e "
			srand(shift);
			my (\$n, \$tag) = (120, 0);
			for my \$i (1 .. \$n) {
				print qq(commit refs/heads/c\$i\\nmark :\$i\\n);
				print qq(committer C <c> ), 1112911993 + 60 * \$i, qq( +0000\\ndata 1\\nx\\n);
				my %p = map { \$_ => 1 } \$i > 1 ? (\$i - 1 - int(rand(\$i > 4 ? 4 : \$i - 1))) : ();
				\$p{1 + int(rand(\$i - 1))} = 1 if \$i > 2 && rand() < .3;
				my (\$first, @more) = sort { \$b <=> \$a } keys %p;
				print qq(from :\$first\\n) if \$first;
				print qq(merge :\$_\\n) for @more;
				print qq(\\n);
				print qq(reset refs/tags/v1.), int(\$tag++ * (rand() < .8 ? 1 : .5)), qq(\\nfrom :\$i\\n\\n)
					if \$i > 20 && rand() < .12;
			}
			print qq(reset refs/tags/v0.1\\nfrom :10\\n\\nreset refs/tags/v9.0\\nfrom :\$n\\n\\n);
		" $seed | git -C random-$seed fast-import --quiet &&
		(
			cd random-$seed &&
			expect_chunks_as_git_has_them tags v0.1 v9.0 &&
			test_line_count -gt 2 list
		) || return 1
	done
'

test_expect_success 'cutting costs one child' '
	GIT_TRACE_PERF_RUN="$PWD/trace" "$test_repo" chunks tags v1.0..v1.10 >out &&
	grep "start [0-9]*:" trace | sed "s/.* git \\(-c [^ ]* \\)*\\([a-z-]*\\).*/\\2/" >actual &&
	test_write_lines rev-parse cat-file rev-list show-ref >expect &&
	test_cmp expect actual
'

test_done
