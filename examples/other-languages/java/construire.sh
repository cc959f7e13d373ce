#!/bin/sh
# Compile l'exemple avec les bibliothèques de Debian : default-jdk-headless libjakarta-mail-java libgoogle-gson-java.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/classes}
mkdir -p "$out"
jars=/usr/share/java/jakarta-mail.jar:/usr/share/java/jakarta-activation.jar:/usr/share/java/gson.jar
javac -encoding UTF-8 -Xlint:all,-serial,-path -d "$out" -cp "$jars" "$here"/src/mss/*.java
