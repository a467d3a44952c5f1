os.exit("7")
