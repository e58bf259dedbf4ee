from django.db import migrations

from accounts.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [from_file(__file__, "append_only"), ]
