#!/bin/sh
# Only these stand at the root of the repository; dot files and what is built do not count.
bad=0
for f in *; do
	case $f in
	agent | tui | skills | themes | tests | Makefile | README.md | README.zh-CN.md | LICENSE | CHANGELOG.md) ;;
	build | build-* | dist) ;;
	*)
		echo "$f does not belong at the root"
		bad=1
		;;
	esac
done
exit $bad
