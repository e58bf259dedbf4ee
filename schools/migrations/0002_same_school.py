from django.db import migrations

from accounts.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial")]

    operations = [from_file(__file__, "same_school"), ]
