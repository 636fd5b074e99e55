#!/bin/sh
# Writes an archive of the classes of an application's libraries. The list of classes is written as they are loaded, so an
# application that misses its database here has most of them in it. Those that are not of the libraries are not found in
# the second run, and left out. https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html
#
# Arguments: the application's folder, its main class, class paths of libraries and of its own, layers of its image.
set -e
application=$1 main=$2 libraries=$3 own=$4
shift 4
for layer in "$@"; do tar -xf "/layers/$layer" -C /; done
cd "$application"
file=libraries.jsa
timeout -k 5 60 java -Xmx512m -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList=/tmp/classes \
  -Dspring.context.exit=onRefresh -cp "$libraries:$own" "$main" || true
java -Xmx512m -Xshare:dump -Xlog:disable -Xlog:all=error -XX:SharedClassListFile=/tmp/classes \
  "-XX:SharedArchiveFile=/tmp/$file" -cp "$libraries"
cp "/tmp/$file" "/output/$file"
chmod 644 "/output/$file"
echo
echo "$file"
