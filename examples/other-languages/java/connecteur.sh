#!/bin/sh
# Joue les scénarios : medimail validate --out rapport -- sh connecteur.sh
here=$(cd "$(dirname "$0")" && pwd)
jars=/usr/share/java/jakarta-mail.jar:/usr/share/java/jakarta-activation.jar:/usr/share/java/gson.jar
exec java -XX:TieredStopAtLevel=1 -Xshare:auto -cp "${MSS_CLASSES:-$here/classes}:$jars" mss.Main
