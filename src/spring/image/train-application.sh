#!/bin/sh
# Starts an application once, so that the JVM writes an archive of what it has loaded. A heap of the size that pods have:
# over 32 GiB, which is a quarter of a large machine, pointers and with them the archive have another form. The last line
# that is printed names the file that was written.
#
# Arguments: the application's folder, layers of its image.
set -e
application=$1
shift
for layer in "$@"; do tar -xf "/layers/$layer" -C /; done
cd "$application"
java=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
if [ "${java%%.*}" -ge 25 ]; then
  file=application.aot
  option=-XX:AOTCacheOutput=/tmp/$file
else
  file=application.jsa
  option=-XX:ArchiveClassesAtExit=/tmp/$file
fi
java -Xmx512m "$option" -Dspring.context.exit=onRefresh -jar application.jar
cp "/tmp/$file" "/output/$file"
chmod 644 "/output/$file"
echo
echo "$file"
