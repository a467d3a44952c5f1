print "wraps to 0"
os.exit(256)
