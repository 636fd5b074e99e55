# Bases for Java applications. Needs common.sh, debian.sh and image.sh.

# build_jre_image WORK SUITE VERSION: Debian's headless JRE of that Java version, and a user to run as.
build_jre_image() {
  local work=$1 suite=$2 java=$3 tree java_home
  tree=$(debian_tree "jre-$java" "$suite" essential "openjdk-$java-jre-headless,ca-certificates" strip_jre)
  java_home=/usr/lib/jvm/java-$java-openjdk-$(dpkg --print-architecture)
  # No entrypoint: each application brings its own command.
  load_image '{
    "User": "1000:1000",
    "WorkingDir": "/app",
    "Env": ["PATH='"$java_home"'/bin:/usr/local/bin:/usr/bin:/bin", "JAVA_HOME='"$java_home"'", "LANG=C.UTF-8"]
  }' "$tree"
}

strip_jre() {
  local tree=$1
  rm -rf "$tree"/usr/lib/*/gconv "$tree"/usr/share/{bash-completion,perl5,i18n} "$tree"/var/cache/* "$tree"/var/log/* "$tree"/var/lib/apt \
    "$tree"/etc/{machine-id,resolv.conf,hostname}
  # ct.sym is javac's; the second class archive is for heaps above 32 GB.
  rm -f "$tree"/usr/lib/jvm/*/lib/ct.sym "$tree"/usr/lib/jvm/*/lib/server/classes_nocoops.jsa
  # A number the applications' pods can name in runAsUser; a name so that tools that ask for one get an answer.
  echo 'spring:x:1000:1000::/app:/usr/sbin/nologin' >>"$tree/etc/passwd"
  echo 'spring:x:1000:' >>"$tree/etc/group"
  echo 'spring:!::0:::::' >>"$tree/etc/shadow"
  install -d -o 1000 -g 1000 "$tree/app"
}
