#!/bin/bash
# Starts an application as in its pod, and ends it when its environment is prepared. Where its `main` does not come to that,
# Spring Boot is started without it. With the JVM's quick compiler alone, since it runs for a second.
#
# Arguments: the application's folder; the properties asked for; the class that launches an unpacked archive, or nothing;
# what the last line says where the JVM was stopped because it took too long; layers of the application's image.
application=$1 keys=$2 launcher=$3 late=$4
shift 4
for layer in "$@"; do tar -xf "/layers/$layer" -C /; done
cd "$application" || exit
late() { if [ "$1" = 124 ] || [ "$1" = 137 ]; then echo "$late"; fi; }
options=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -Xlog:class+load:file=/tmp/classes
  -Dairfield.classes=/tmp/classes "-Dairfield.keys=$keys" -Dspring.devtools.restart.enabled=false)
if [ -n "$launcher" ]; then
  for folder in BOOT-INF/lib WEB-INF/lib; do
    if [ -d "$folder" ]; then cp /reader/environment.jar "$folder/airfield-environment.jar"; fi
  done
  timeout -k 1 30 java "${options[@]}" -cp . "$launcher" || late $?
  exit
fi
ask=(java "${options[@]}" -cp /reader/environment.jar:application.jar dev.airfield.EnvironmentReader application.jar)
timeout -k 1 30 "${ask[@]}" main 2>&1 | tee /tmp/answer
grep -q '^airfield-environment ' /tmp/answer || timeout -k 1 30 "${ask[@]}" spring || late $?
