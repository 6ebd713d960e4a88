#!/bin/sh
test_description='completion for bash, zsh and fish, made from the option tables'
. "$(dirname "$0")/test-lib.sh"

GEN=$PROJECT_SOURCE/script/gen-completion
GIT_COMPLETION=
for file in /usr/share/bash-completion/completions/git /usr/local/share/bash-completion/completions/git
do
	if test -f "$file"
	then
		GIT_COMPLETION=$file
	fi
done
export GIT_COMPLETION

test_lazy_prereq BASH 'test -n "$GIT_COMPLETION" && bash -c "declare -A x"'
test_lazy_prereq ZSH 'zsh -f -c "autoload -Uz compinit"'
test_lazy_prereq FISH 'fish --no-config -c true'

# A program of the suite serves as git test-ui; what the shells run on TAB is
# this, so it must be on PATH.
test_expect_success 'set up a program, its completion, and a repository to complete from' '
	mkdir bin zsh share &&
	cp "$HELPER_PATH/test-ui" bin/git-test-ui &&
	for shell in bash zsh fish
	do
		"$GEN" $shell bin/git-test-ui "try what'\''s there" >completion.$shell || return 1
	done &&
	cp completion.zsh zsh/_git-test-ui &&
	test_create_repo repo &&
	test_commit -C repo v1 &&
	test_commit -C repo v2 &&
	echo x >repo/a-file
'
PATH=$PWD/bin:$PATH

test_expect_success 'a program without such a table is an error' '
	write_script bin/git-other <<-\EOF &&
	echo "something else"
	EOF
	test_must_fail "$GEN" bash bin/git-other >out 2>err &&
	test_grep "not a completion table: something else" err &&
	test_expect_code 128 "$GEN" bash bin/git-missing 2>err &&
	echo "fatal: there is no program bin/git-missing" >expect &&
	test_cmp expect err &&
	test_expect_code 129 "$GEN" csh bin/git-test-ui
'

cat >bash-driver <<'EOF'
# What git's own tests do: the words of a line, the last being completed.
_get_comp_words_by_ref () {
	while test $# -gt 0
	do
		case $1 in
		cur) cur=${_words[_cword]} ;;
		prev) prev=${_words[_cword-1]} ;;
		words) words=("${_words[@]}") ;;
		cword) cword=$_cword ;;
		esac
		shift
	done
}
. "$GIT_COMPLETION"
. ./completion.bash
cd repo
declare -a COMPREPLY=() _words=( $1 )
test "${1: -1}" != ' ' || _words+=('')
_cword=$((${#_words[@]} - 1))
"$2"
printf '%s\n' "${COMPREPLY[@]}"
EOF

# complete_bash <line>: what would complete it, from standard input. A blank
# at the end is one that bash would add.
complete_bash() {
	cat >expect &&
	sed "s/ *$//" expect >trimmed &&
	bash --norc bash-driver "$1" "${2-__git_wrap__git_main}" >raw &&
	sed "s/ *$//" raw >actual &&
	test_cmp trimmed actual
}

test_expect_success BASH 'bash: subcommands and revisions come first' '
	complete_bash "git test-ui fi" <<-\EOF &&
	fill
	EOF
	complete_bash "git test-ui v" <<-\EOF
	v1
	v2
	EOF
'

test_expect_success BASH 'bash: both ends of a range' '
	complete_bash "git test-ui v1..v" <<-\EOF &&
	v1..v1
	v1..v2
	EOF
	complete_bash "git -C . test-ui words v1...v2" <<-\EOF
	v1...v2
	EOF
'

test_expect_success BASH 'bash: options of a subcommand, those with a value wait for it' '
	complete_bash "git test-ui fill --s" <<-\EOF &&
	--setting=
	--shape=
	--since=
	EOF
	bash --norc bash-driver "git test-ui fill --lo" __git_wrap__git_main >actual &&
	echo "--loud " >expect &&
	test_cmp expect actual
'

test_expect_success BASH 'bash: negations after --no' '
	complete_bash "git test-ui --n" <<-\EOF &&
	--no-...
	EOF
	complete_bash "git test-ui --no-p" <<-\EOF
	--no-progress
	--no-pager
	EOF
'

test_expect_success BASH 'bash: choices in both spellings' '
	complete_bash "git test-ui fill --shape=" <<-\EOF &&
	round
	square
	EOF
	complete_bash "git test-ui fill --shape r" <<-\EOF
	round
	EOF
'

test_expect_success BASH 'bash: revisions as values' '
	complete_bash "git test-ui --since=v" <<-\EOF &&
	v1
	v2
	EOF
	complete_bash "git test-ui -s v" <<-\EOF
	v1
	v2
	EOF
'

test_expect_success BASH 'bash: files are left to bash, and so is what follows --' '
	for line in "git test-ui --file v" "git test-ui -f v" "git test-ui --file=v" "git test-ui -- v"
	do
		echo | complete_bash "$line" || return 1
	done
'

test_expect_success BASH 'bash: the program completes as a command of its own' '
	complete_bash "git-test-ui fi" __git_wrap_git_test_ui <<-\EOF &&
	fill
	EOF
	complete_bash "git-test-ui fill --sh" __git_wrap_git_test_ui <<-\EOF
	--shape=
	EOF
'

test_expect_success ZSH 'zsh: the completion has no syntax error' '
	zsh -f -n completion.zsh
'

# What follows each line is what zsh made of it, seen by the program.
test_expect_success ZSH 'zsh: options, choices, revisions, ranges and files complete, for git and alone' '
	test_when_finished "cp \"$HELPER_PATH/test-ui\" bin/git-test-ui" &&
	write_script bin/git-test-ui <<-\EOF &&
	printf "%s\n" "$*" >>"$SEEN"
	EOF
	cat >.zshrc <<-EOF &&
	PS1="ready> "
	fpath=("$PWD/zsh" \$fpath)
	autoload -Uz compinit
	compinit -u -d "$PWD/.zcompdump"
	unsetopt autolist automenu
	cd "$PWD/repo"
	EOF
	TAB=$(printf "\t") &&
	export TAB &&
	SEEN=$PWD/seen ZDOTDIR=$PWD TERM=xterm "$HELPER_PATH/test-pty" --type "ready> " \
"git test-ui fill --lo$TAB
git-test-ui fill --lo$TAB
git test-ui fi$TAB
git test-ui fill --shape=r$TAB
git test-ui --since=v2$TAB
git test-ui v1..v2$TAB
git test-ui -f a-$TAB
exit
" zsh -i >log &&
	cat >expect <<-\EOF &&
	fill --loud
	fill --loud
	fill
	fill --shape=round
	--since=v2
	v1..v2
	-f a-file
	EOF
	sed "s/ *$//" seen >actual &&
	test_cmp expect actual
'

test_expect_success FISH 'fish: the completion has no syntax error' '
	fish --no-config -n completion.fish
'

# complete_fish <line>: what would complete it, from standard input, without
# descriptions.
complete_fish() {
	cat >expect &&
	fish --no-config -c "source completion.fish; cd repo; complete -C \"$1\"" >raw &&
	sed "s/	.*//" raw >actual &&
	test_cmp expect actual
}

test_expect_success FISH 'fish: subcommands and revisions' '
	complete_fish "git-test-ui fi" <<-\EOF &&
	fill
	EOF
	complete_fish "git-test-ui v1..v" <<-\EOF &&
	v1..v1
	v1..v2
	EOF
	complete_fish "git-test-ui -s v" <<-\EOF
	v1
	v2
	EOF
'

test_expect_success FISH 'fish: options, choices and files' '
	complete_fish "git-test-ui fill --no-p" <<-\EOF &&
	--no-pager
	--no-progress
	EOF
	complete_fish "git-test-ui fill --shape=" <<-\EOF &&
	--shape=round
	--shape=square
	EOF
	complete_fish "git-test-ui -f a" <<-\EOF
	a-file
	EOF
'

for program in "$PERF_BUILD"/bin/git-*
do
	name=${program##*/}
	test_expect_success BASH "$name: the completion for bash has no syntax error" '
		"$GEN" bash "$program" >out &&
		bash -n out
	'
	test_expect_success ZSH "$name: the completion for zsh has no syntax error" '
		"$GEN" zsh "$program" >out &&
		zsh -f -n out
	'
	test_expect_success FISH "$name: the completion for fish has no syntax error" '
		"$GEN" fish "$program" >out &&
		fish --no-config -n out
	'
	test_expect_success "$name: -h names every option that completion knows" '
		"$program" --git-completion-helper-table >table &&
		test_grep "^command" table &&
		cut -f 2 table >names &&
		test_expect_code 129 "$program" -h >usage &&
		awk -F "\t" "/^command/ { n++ } /^option/ && n == 1 { print \$2 }" table >names &&
		while read -r option
		do
			test_grep -e "--\(\[no-\]\)\{0,1\}$option" usage || return 1
		done <names
	'
done

test_done
