print "default"
os.exit()
