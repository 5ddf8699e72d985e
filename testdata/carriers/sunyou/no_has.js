searchCallback({"data": [{"orderNo": "SYAE000000718"}], "status": 1})
