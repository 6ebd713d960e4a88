#!/bin/sh

test_description='repo_open: where everything lies, in every kind of repository'

. "$(dirname "$0")/test-lib.sh"

test_repo=$HELPER_PATH/test-repo

SQ="'"

# expect_fact <name> <value>: a line of what "test-repo open" printed last.
expect_fact() {
	test_grep "^$1 $2\$" facts
}

test_expect_success 'set up' '
	test_create_repo main &&
	(
		cd main &&
		mkdir sub &&
		test_commit one sub/file &&
		test_commit two sub/file &&
		git worktree add -q ../linked one
	) &&
	git clone -q --bare main bare.git &&
	here=$(pwd -P)
'

test_expect_success 'a plain repository, from a folder of its work tree' '
	(cd main/sub && "$test_repo" open) >facts &&
	expect_fact git_dir "$here/main/.git" &&
	expect_fact common_dir "$here/main/.git" &&
	expect_fact object_dir "$here/main/.git/objects" &&
	expect_fact work_tree "$here/main" &&
	expect_fact rawlen 20 &&
	expect_fact shallow 0 &&
	expect_fact partial 0 &&
	expect_fact rewritten 0 &&
	expect_fact plumbing 0
'

test_expect_success 'a linked work tree has its own git dir and the common objects' '
	(cd linked && "$test_repo" open) >facts &&
	expect_fact git_dir "$here/main/.git/worktrees/linked" &&
	expect_fact common_dir "$here/main/.git" &&
	expect_fact object_dir "$here/main/.git/objects" &&
	expect_fact work_tree "$here/linked" &&
	expect_fact plumbing 0
'

test_expect_success 'a bare repository has no work tree' '
	(cd bare.git && "$test_repo" open) >facts &&
	expect_fact git_dir "$here/bare.git" &&
	expect_fact work_tree - &&
	expect_fact plumbing 0
'

test_expect_success 'within .git there is no work tree' '
	(cd main/.git/refs && "$test_repo" open) >facts &&
	expect_fact git_dir "$here/main/.git" &&
	expect_fact work_tree -
'

test_expect_success 'GIT_DIR and GIT_WORK_TREE say where' '
	mkdir elsewhere &&
	(
		cd elsewhere &&
		GIT_DIR=../main/.git GIT_WORK_TREE=. "$test_repo" open
	) >facts &&
	expect_fact git_dir "$here/main/.git" &&
	expect_fact work_tree "$here/elsewhere"
'

test_expect_success 'a submodule is a repository of its own' '
	git clone -q main super &&
	git -C super -c protocol.file.allow=always submodule --quiet add "$here/main" module &&
	(cd super/module && "$test_repo" open) >facts &&
	expect_fact git_dir "$here/super/.git/modules/module" &&
	expect_fact work_tree "$here/super/module" &&
	expect_fact plumbing 0
'

test_expect_success 'a shallow clone says so' '
	git clone -q --depth=1 "file://$here/main" shallow &&
	(cd shallow && "$test_repo" open) >facts &&
	expect_fact shallow 1 &&
	expect_fact plumbing 0
'

test_expect_success 'a partial clone says so' '
	git -C main config uploadpack.allowFilter true &&
	git clone -q --bare --filter=blob:none "file://$here/main" partial.git &&
	(cd partial.git && "$test_repo" open) >facts &&
	expect_fact partial 1 &&
	expect_fact plumbing 0
'

test_expect_success 'a SHA-256 repository goes through git itself' '
	git init -q --object-format=sha256 sha256 &&
	(cd sha256 && "$test_repo" open) >facts &&
	expect_fact rawlen 32 &&
	expect_fact plumbing 1 &&
	expect_fact why "libgit2 does not read SHA-256 repositories"
'

test_expect_success 'the test switch forces the plumbing' '
	(cd main && GIT_TEST_PERF_PLUMBING=1 "$test_repo" open) >facts &&
	expect_fact plumbing 1 &&
	(cd main && GIT_TEST_PERF_PLUMBING=0 "$test_repo" open) >facts &&
	expect_fact plumbing 0
'

test_expect_success 'an extension that git knows and libgit2 does not is no hindrance' '
	test_when_finished "git -C main config --unset extensions.worktreeConfig" &&
	git -C main config core.repositoryFormatVersion 1 &&
	git -C main config extensions.worktreeConfig true &&
	(cd main && "$test_repo" open) >facts &&
	expect_fact plumbing 0
'

test_expect_success 'replace refs and grafts are noticed' '
	git clone -q --bare main replaced.git &&
	git -C replaced.git replace two one &&
	(cd replaced.git && "$test_repo" open) >facts &&
	expect_fact rewritten 1 &&
	git -C replaced.git pack-refs --all &&
	(cd replaced.git && "$test_repo" open) >facts &&
	expect_fact rewritten 1 &&
	(cd replaced.git && GIT_NO_REPLACE_OBJECTS=1 "$test_repo" open) >facts &&
	expect_fact rewritten 0 &&
	git clone -q --bare main grafted.git &&
	git -C grafted.git rev-parse two >grafted.git/info/grafts &&
	(cd grafted.git && "$test_repo" open) >facts &&
	expect_fact rewritten 1
'

test_expect_success 'a repository that nobody may write to opens' '
	git clone -q --bare main readonly.git &&
	test_when_finished "chmod -R u+w readonly.git" &&
	chmod -R a-w readonly.git &&
	(cd readonly.git && "$test_repo" open) >facts &&
	expect_fact plumbing 0
'

test_expect_success 'without a repository the error is the sentence of git' '
	mkdir nothing &&
	test_must_fail git -C nothing rev-parse 2>expect &&
	(cd nothing && test_expect_code 128 "$test_repo" open) 2>actual &&
	sed "s/^fatal: /error: /" expect >expect.error &&
	test_cmp expect.error actual
'

test_expect_success 'a broken .git file is the error of git as well' '
	mkdir broken &&
	echo "gitdir: nowhere" >broken/.git &&
	(cd broken && test_expect_code 128 "$test_repo" open) 2>actual &&
	test_grep "^error: not a git repository: .*nowhere" actual
'

test_expect_success 'of a repository of somebody else, git says how to allow it' '
	(cd main && test_env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 test_expect_code 128 "$test_repo" open) 2>actual &&
	test_line_count = 1 actual &&
	test_grep "^error: detected dubious ownership in repository at " actual &&
	test_grep "main${SQ}. To add an exception for this directory, call: git config --global --add safe.directory" actual
'

test_expect_success 'a path with a newline is refused in a sentence' '
	git clone -q --bare main "new
line.git" &&
	(cd "new
line.git" && test_expect_code 128 "$test_repo" open) 2>actual &&
	test_grep "holds a newline" actual
'

test_expect_success 'opening costs one child, and no child of ours may fetch' '
	(cd main && GIT_TRACE_PERF_RUN="$here/trace" "$test_repo" open) >facts &&
	grep -c "start [0-9]*:" trace >count &&
	echo 1 >expect &&
	test_cmp expect count &&
	test_grep "GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none" trace
'

test_done
