print "three"
os.exit(3)
