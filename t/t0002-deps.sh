#!/bin/sh

test_description='script/deps finds and installs what is missing'

. "$(dirname "$0")/test-lib.sh"

DEPS=$PROJECT_SOURCE/script/deps

# A system of which we decide what it has: real tools by name, fake package
# managers. "have" lists the packages that are installed, "calls" what was
# run.
test_expect_success 'make a small system' '
	mkdir tools &&
	for tool in sh awk sed grep tr cat ls env echo printf test sort dirname rm
	do
		ln -s "$(command -v $tool)" tools/ || return 1
	done &&
	mkdir apt dnf pacman root user sudo &&
	write_script apt/dpkg-query <<-\EOF &&
	shift 2
	for name
	do
		if grep -qx "$name" "$HOME/have"
		then
			echo "installed $name"
		else
			echo "dpkg-query: no packages found matching $name" >&2
			status=1
		fi
	done
	exit $status
	EOF
	write_script apt/apt-cache <<-\EOF &&
	echo "$2:"
	echo "  Candidate: $(sed -n "s/^$2 //p" "$HOME/candidates")"
	EOF
	write_script apt/apt-get <<-\EOF &&
	echo "$DEBIAN_FRONTEND $*" >>"$HOME/calls"
	case " $* " in
	*" update "*)
		test ! -f "$HOME/broken-update"
		;;
	*)
		if test -f "$HOME/stale"
		then
			rm "$HOME/stale"
			exit 100
		fi
		test ! -f "$HOME/broken-install"
		;;
	esac
	EOF
	write_script dnf/rpm <<-\EOF &&
	grep -qx "$3" "$HOME/have"
	EOF
	write_script dnf/dnf </dev/null &&
	write_script pacman/pacman <<-\EOF &&
	grep -qx "$2" "$HOME/have"
	EOF
	write_script root/id <<-\EOF &&
	echo 0
	EOF
	write_script user/id <<-\EOF &&
	echo 1000
	EOF
	write_script sudo/sudo <<-\EOF
	shift
	echo "sudo $*" >>"$HOME/sudo-calls"
	"$@"
	EOF
'

# on <folders> <arguments of script/deps>
on() {
	system=
	for folder in $1
	do
		system=$system$HOME/$folder:
	done
	shift
	(
		export PATH="$system$HOME/tools" &&
		"$DEPS" "$@"
	) >out 2>err
}

fresh() {
	rm -f calls sudo-calls stale broken-install broken-update &&
	: >calls &&
	: >candidates &&
	: >have
}

everything_of() {
	"$DEPS" --list "$@" | tr "|" "\n"
}

test_expect_success 'nothing is run when nothing is missing' '
	fresh &&
	everything_of build test check >have &&
	on "apt root" build test check &&
	test_must_be_empty out &&
	test_must_be_empty err &&
	test_must_be_empty calls
'

test_expect_success 'root installs what is missing, and only that, without questions' '
	fresh &&
	everything_of build | grep -v -x -e libcsv-dev -e libgit2-dev >have &&
	on "apt root" build &&
	test_grep "^noninteractive .*install --no-install-recommends libgit2-dev libcsv-dev\$" calls
'

test_expect_success 'lists of packages are refreshed once when an install fails' '
	fresh &&
	everything_of build | grep -v -x libcsv-dev >have &&
	>stale &&
	on "apt root" build &&
	grep -c update calls >actual &&
	echo 1 >expect &&
	test_cmp expect actual &&
	tail -n 1 calls >last &&
	test_grep "install --no-install-recommends libcsv-dev" last
'

test_expect_success 'an install that fails is fatal' '
	fresh &&
	>broken-install &&
	test_expect_code 128 on "apt root" build &&
	test_grep "^fatal: could not install: gcc" err
'

test_expect_success 'one of several names is enough, installed or to be had' '
	fresh &&
	everything_of build | grep -v -x -e pkg-config >have &&
	on "apt root" build &&
	test_must_be_empty calls &&
	everything_of build | grep -v -x -e pkg-config -e pkgconf >have &&
	echo "pkgconf 1.8" >candidates &&
	on "apt root" build &&
	test_grep "install --no-install-recommends pkgconf\$" calls
'

test_expect_success 'a package that can be done without does not stop anything' '
	fresh &&
	everything_of build >have &&
	>broken-install &&
	on "apt root" build perf &&
	test_grep "^warning: going on without linux-perf" err
'

test_expect_success 'a user without sudo is told what to type' '
	fresh &&
	everything_of build | grep -v -x libcsv-dev >have &&
	test_expect_code 128 on "apt user" build &&
	test_grep "sudo apt-get install --no-install-recommends libcsv-dev\$" err &&
	test_must_be_empty calls
'

test_expect_success 'a user with a sudo that asks nothing installs' '
	fresh &&
	everything_of build | grep -v -x libcsv-dev >have &&
	on "apt user sudo" build &&
	test_grep "install.*libcsv-dev" sudo-calls
'

test_expect_success 'dnf and pacman users are told what to type' '
	fresh &&
	test_expect_code 128 on "dnf root" build &&
	test_grep "sudo dnf install gcc .*libgit2-devel libcsv-devel" err &&
	test_expect_code 128 on "pacman root" build &&
	test_grep "sudo pacman -S --needed gcc .*libgit2 " err
'

test_expect_success 'elsewhere the names are shown, and the work goes on' '
	fresh &&
	on "root" build &&
	test_grep "^libgit2-dev\$" err
'

test_expect_success 'an unknown group is refused' '
	test_expect_code 129 on "apt root" nonsense &&
	test_expect_code 129 on "apt root"
'

test_expect_success '--missing names what is missing and installs nothing' '
	fresh &&
	everything_of build | grep -v -x libcsv-dev >have &&
	on "apt root" --missing build &&
	echo libcsv-dev >expect &&
	test_cmp expect out &&
	test_must_be_empty calls
'

test_done
