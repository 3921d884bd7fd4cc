"""The same application, written with each contender: `/constant`, `/item/<id>` and `/items` of the table `item`."""
